#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# status, watch and sync against a stand-in for mpyd.
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash" || exit 1
socket=$dir/control.sock
fakes=()
trap 'kill "${fakes[@]}" 2>/dev/null; rm -rf "$dir"' EXIT

healthy='{"healthy":true,"sights":{"exec":"attached","read":"attached",
"compile":"off"},"events":{"caused":120,"delivered":117,"lost":3,"by_sight":{
"exec":{"caused":20,"delivered":20,"lost":{}},
"read":{"caused":100,"delivered":97,"lost":{"queue":2,"overrun":1}}}},
"queue":{"depth":0,"max":12,"limit":33554432},"kernel":"6.1.0-38-amd64",
"module":"0.1.0","model":"mpy-2026.11 (0123456789ab)","version":"0.1.0",
"database":"/var/lib/mpy/mpy.db","last_finding":"2026-11-25T03:22:15Z",
"findings":3,"observations":7,"work":{"judged":90,"cache_hits":27,"queued":1,
"waiting":2,"unjudged":4},"in_sync":true}'

start() { # STATUS [FINDINGS]: a daemon that answers so
    kill "${fakes[@]}" 2>/dev/null
    rm -f "$socket"
    tr -d '\n' <<<"$1" >status.json
    echo >>status.json
    printf '%s\n' "${2-}" >findings.jsonl
    python3 "$here/fake-mpyd" "$socket" status.json findings.jsonl \
        >/dev/null 2>&1 &
    fakes=($!)
    for _ in $(seq 1200); do
        [ -S "$socket" ] && return
        sleep 0.05
    done
    return 1
}

no_daemon_is_3() {
    local command
    rm -f "$socket"
    for command in status watch sync; do
        run $command --socket "$socket"
        code_is 3 && silent out && says err "mpyd is not running" &&
            says err "$socket" || return
        run $command --json --socket "$socket"
        code_is 3 && silent out || return
    done
    : >"$socket" # a file that nobody listens at
    run status --socket "$socket" && code_is 3 && says err "not running"
}

healthy_is_0() {
    start "$healthy" || return
    run --socket "$socket"
    code_is 0 && silent err && says out "mpy is healthy" &&
        says out "exec attached, read attached, compile off" &&
        says out "120 caused, 117 delivered, 3 lost" &&
        says out "read: queue 2, overrun 1" && says out "6.1.0-38-amd64" &&
        says out "mpy-2026.11 (0123456789ab)" &&
        says out "2026-11-25 03:22:15+00:00" && says out "32.0 MiB" &&
        says out "90 judged, 27 known, 3 waiting" && says out "unjudged: 4" &&
        says out "3, and 7 observations"
}

status_fits_80_columns() {
    start "$healthy" || return
    run --socket "$socket"
    awk 'length > 80 { bad = 1 } END { exit bad }' out || fail "too wide"
}

status_json_is_one_object() {
    start "$healthy" || return
    run --json status --socket "$socket"
    code_is 0 && silent err && json '(len(rows) == 1 and rows[0]["healthy"]
        and rows[0]["events"]["by_sight"]["read"]["lost"]["queue"] == 2)'
}

degraded_is_4() {
    start "${healthy/\"healthy\":true/\"healthy\":false}" || return
    run status --socket "$socket"
    code_is 4 && says out "mpy is degraded" || return
    run status --json --socket "$socket"
    code_is 4 && json 'rows[0]["healthy"] is False'
}

no_module_is_3() {
    local without=${healthy/\"module\":\"0.1.0\",/}
    start "${without/\"healthy\":true/\"problem\":\"no mod\",\"healthy\":false}" ||
        return
    run status --socket "$socket"
    code_is 3 && says out "problem      no mod" && says err "module mpy is not loaded" || return
    run status --json --socket "$socket"
    code_is 3 && json 'len(rows) == 1'
}

hostile_status_is_escaped() {
    start "${healthy/0123456789ab/\\u001b[2J\\u202e}" || return
    run status --socket "$socket"
    says out '\x1b[2J\xe2\x80\xae'
}

answers_that_are_none_are_5() {
    local answer
    for answer in 'nonsense' '[]' '{}' '{"healthy":"yes"}' '{"ok":false}' '{'; do
        start "$answer" || return
        run status --socket "$socket"
        code_is 5 && silent out && says err "mpyctl: " || return
    done
}

sync_in_time_is_0() {
    start "$healthy" || return
    run sync --socket "$socket"
    code_is 0 && silent err && says out "judged and recorded" || return
    run sync --json --socket "$socket"
    code_is 0 && json 'rows == [{"ok": True}]'
}

sync_too_late_is_1() {
    start "${healthy/in_sync/not_so}" || return
    run sync --timeout 0.3 --socket "$socket"
    code_is 1 && silent out && says err "0.3 s" || return
    run sync --timeout 200m --socket "$socket" --timeout 0.2s --json
    code_is 1 && json 'rows[0]["ok"] is False'
}

sync_without_module_is_3() {
    local without=${healthy/in_sync/not_so}
    start "${without/\"module\":\"0.1.0\",/}" || return
    run sync --socket "$socket"
    code_is 3 && silent out && says err "no module"
}

finding='{"id":"01j8abcdefgh0123456789abcd","severity":"critical",
"last_seen":"2026-11-25T03:22:15Z","occurrences":2,
"verdict":{"label":"malicious","probability":0.99971},
"script":{"sight":"file","path":"/tmp/x\u001b.py"}}'
finding=$(tr -d '\n' <<<"$finding")

# Starts watch in the background, waits for a line, interrupts it.
watch_until() { # SIGNAL OPTION...
    local signal=$1 watcher
    shift
    "$ctl" watch --socket "$socket" "$@" >out 2>err &
    watcher=$!
    for _ in $(seq 1200); do
        grep -q "01j8abcdefgh" out && break
        sleep 0.05
    done
    kill -"$signal" "$watcher"
    wait "$watcher"
    code=$?
}

watch_follows_until_interrupted() {
    start "$healthy" "$finding" || return
    watch_until INT
    code_is 0 && says out '2026-11-25 03:22+00:00' && says out '/tmp/x\x1b.py' &&
        says out 0.999 || return
    watch_until TERM
    code_is 0
}

watch_json_is_a_line_each() {
    start "$healthy" "$finding
$finding" || return
    watch_until INT --json
    code_is 0 && silent err &&
        json 'len(rows) == 2 and rows[0]["script"]["path"] == "/tmp/x\x1b.py"'
}

watch_ends_with_the_daemon() {
    start "$healthy" "$finding
-close" || return
    run watch --json --socket "$socket"
    code_is 3 && says err "closed the connection" && json 'len(rows) == 1'
}

watch_refuses_nonsense() {
    start "$healthy" "-raw nonsense" || return
    run watch --socket "$socket"
    code_is 5 && says err "not understood"
}

if ! command -v python3 >/dev/null; then
    skip daemon "python3 is not installed"
    exit 0
fi
try no_daemon_is_3
try healthy_is_0
try status_fits_80_columns
try status_json_is_one_object
try degraded_is_4
try no_module_is_3
try hostile_status_is_escaped
try answers_that_are_none_are_5
try sync_in_time_is_0
try sync_too_late_is_1
try sync_without_module_is_3
try watch_follows_until_interrupted
try watch_json_is_a_line_each
try watch_ends_with_the_daemon
try watch_refuses_nonsense
exit $status
