#!/bin/sh
# The gate closes when the daemon dies, however it dies, and the hooks go.
. "${VM:-/root/vm}/lib.sh"
. "$VM/kmod/kmod.sh"
enter
mountpoint -q /sys/kernel/debug || mount -t debugfs d /sys/kernel/debug
hooks() { grep -c 'security_\(bprm\|file\)_' /sys/kernel/debug/kprobes/list; }

same "no hook without a daemon" 0 "$(hooks)"
start_client
same "three hooks with one" 3 "$(hooks)"
for _ in 1 2 3 4 5; do python3 -c pass & done
kill -9 "$client_pid"
wait "$client_pid" 2>/dev/null
client_pid=
same "no hook once it is reaped" 0 "$(hooks)"
wait
"$CLIENT" stats >/tmp/stats
check "sights are off" grep -q '^SIGHT id=0 state=0' /tmp/stats
same "nothing is left open in the books" "0 0" \
    "$(sed -n 's/^SIGHT.* open=//p' /tmp/stats | xargs)"
check "nothing is queued" grep -q '^STATS depth=0' /tmp/stats

# Dying while tasks wait for an answer: they go on at once.
start_client --mute unseen --classify 60000
cp /bin/true /tmp/unseen
before=$(date +%s)
/tmp/unseen &
waiting=$!
sleep 1
check "an unseen image waits for the answer" kill -0 "$waiting"
kill -9 "$client_pid"
wait "$client_pid" 2>/dev/null
client_pid=
wait "$waiting"
same "it ran" 0 $?
check "and did not wait for the time-out" \
    test $(($(date +%s) - before)) -lt 50

# One second for the first exec of an image, nothing for the next ones.
start_client --mute unseen --classify 1000
cp /bin/true /tmp/unseen2
/tmp/unseen2
before=$(date +%s%N)
for _ in 1 2 3 4 5; do /tmp/unseen2; done
check "an image is waited for once" \
    test $((($(date +%s%N) - before) / 1000000)) -lt 4000
stop_client
check "what ran unknown is counted" \
    grep -q '^STATS .* unclassified=[1-9]' "$OUT"
check "unload at once" rmmod mpy
load_module
rm -f /tmp/unseen /tmp/unseen2
finish
