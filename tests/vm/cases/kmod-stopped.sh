#!/bin/sh
# A daemon that is stopped: the system goes on, nothing is lost unnoticed.
. "${VM:-/root/vm}/lib.sh"
. "$VM/kmod/kmod.sh"
enter
dir=$(mktemp -d)
cd "$dir" || exit 1
for i in $(seq 40); do
    head -c 200000 /dev/zero | tr '\0' '#' >"m$i.py"
done

start_client --quiet --queue 3000000 --classify 1000
python3 -c pass
kill -STOP "$client_pid"
before=$(date +%s)
for i in $(seq 6); do
    python3 -c 'import glob
for name in glob.glob("m*.py"):
    open(name).close()'
done
same "programs ran while the daemon was stopped" 0 $?
check "and were not held up" test $(($(date +%s) - before)) -lt 60
"$CLIENT" stats >/tmp/stats
cat /tmp/stats
check "the queue kept its bound" awk '
    /^STATS/ { for (i = 1; i <= NF; i++) if ($i ~ /^depth=/) depth = substr($i, 7) }
    END { exit !(depth > 0) }' /tmp/stats
kill -CONT "$client_pid"
stop_client
check_books stopped
check "losses are counted" test "$(stat_of lost_queue 1)" -gt 0
check "what had room was delivered" test "$(stat_of delivered 1)" -gt 40
sed -n '/^END/,$p' "$OUT"

# A flood with the daemon awake.
start_client --quiet
flood=
for i in $(seq 4); do
    python3 -c 'import glob
for i in range(20):
    for name in glob.glob("m*.py"):
        open(name).close()' &
    flood="$flood $!"
done
wait $flood
stop_client
check_books flood
sed -n '/^END/,$p' "$OUT"
cd / && rm -r "$dir"
finish
