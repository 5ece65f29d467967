# shellcheck shell=sh
# Shared by the kmod-* cases: `. "$VM/kmod/kmod.sh"` after lib.sh. They talk to
# the module themselves, so the installed daemon is out of the way until the
# case ends.
CLIENT=/tmp/mpy-client
OUT=/tmp/mpy-out
UAPI=${MPY_UAPI:-$(echo /usr/src/mpy-*/kmod/uapi)}

build() { # NAME: kmod/NAME/*.c to /tmp/mpy-NAME
    [ -x "/tmp/mpy-$1" ] ||
        gcc -O2 -Wall -I"$UAPI" -o "/tmp/mpy-$1" "$VM/kmod/$1"/*.c || exit 1
}

load_module() {
    grep -q '^mpy ' /proc/modules && return 0
    if [ -n "${MPY_KO-}" ]; then insmod "$MPY_KO"; else modprobe mpy; fi
}

# The gate pins the module and so does each work: a few tries.
unload_module() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        rmmod mpy 2>/tmp/rmmod.err && return 0
        sleep 0.3
    done
    cat /tmp/rmmod.err
    return 1
}

had_daemon=
leave() {
    stop_client >/dev/null 2>&1
    [ -z "$had_daemon" ] || systemctl start mpyd
}

enter() {
    if systemctl is-active -q mpyd; then
        had_daemon=yes
        systemctl stop mpyd
    fi
    trap leave EXIT
    build client
    load_module || exit 1
}

client_pid=
start_client() { # OPTIONS: a listener, its output in $OUT
    : >"$OUT"
    "$CLIENT" listen "$@" >"$OUT" 2>&1 &
    client_pid=$!
    for _ in $(seq 100); do
        grep -q '^HELLO\|^REFUSED' "$OUT" && return 0
        kill -0 "$client_pid" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

stop_client() { # end the listener; its exit status
    [ -n "$client_pid" ] || return 0
    kill "$client_pid"
    wait "$client_pid"
    client_status=$?
    client_pid=
    return $client_status
}

# stat KEY SIGHT-ID: a figure of the last SIGHT line with that id in $OUT
stat_of() {
    sed -n "s/^SIGHT id=$2 .*\\b$1=\\([-0-9]*\\).*/\\1/p" "$OUT" | tail -n 1
}

# The books are closed: nothing broken, nothing open, per sight.
check_books() {
    check "$1: protocol kept" grep -q '^END .* broken=0$' "$OUT"
    same "$1: exec caused = delivered + lost" 0 "$(stat_of open 0)"
    same "$1: read caused = delivered + lost" 0 "$(stat_of open 1)"
}

# line PATTERN: how many lines of $OUT match
lines() { grep -c -- "$1" "$OUT"; }

# field KEY LINE-PATTERN: the value of KEY in the last line that matches
field() { grep -- "$2" "$OUT" | tail -n 1 | sed -n "s/.* $1=\\([^ ]*\\).*/\\1/p"; }
