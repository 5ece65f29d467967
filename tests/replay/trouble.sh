#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mpyd --replay into databases and from files that are not as they should be:
# a clear message, the exit status of mpyd(8), and nothing recorded is lost.
# shellcheck source=tests/cli/lib.bash
# Tests are run by name.
# shellcheck disable=SC2317
. "$(dirname "$0")/../cli/lib.bash" || exit 1
top=$here/../..
daemon=$top/build/bin/mpyd
compose=$top/build/tests/replay/compose
trigger=$top/tests/vm/triggers/updater.py
make -s -C "$top" build/tests/replay/compose >make.log 2>&1 || cat make.log
"$compose" same 2 "$trigger" >one.rec
"$compose" new 200 "$trigger" >many.rec

# Runs mpyd --replay; its parts are then in out, err and code.
replay() { # RECORDING DATABASE [OPTION...]
    local recording=$1 database=$2
    shift 2
    "$daemon" --config /dev/null --replay "$recording" \
        --database "$database" "$@" >out 2>err </dev/null
    code=$?
}

found() { # DATABASE N: so many findings are in it
    run --json --db "$1" findings
    code_is 0 && [ "$(wc -l <out)" -eq "$2" ] || fail "not $2 findings"
}

sql() { # DATABASE STATEMENTS
    python3 -c 'import sqlite3, sys
sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])' "$1" "$2"
}

records_what_it_finds() {
    replay one.rec good.db && code_is 0 && silent out && found good.db 1 &&
        json '(rows[0]["script"]["path"] == "/root/job.py"
            and rows[0]["occurrences"] == 1)'
}

a_second_replay_adds_nothing() {
    replay one.rec good.db && code_is 0 && found good.db 1
}

foreign_files_stay() {
    local name
    echo "root:x:0:0" >text
    sql tables 'create table t(x)'
    sql newer "$(cat "$top/tests/golden/schema-1.sql")"
    sql newer 'pragma user_version = 99'
    for name in text tables newer; do
        chmod 604 $name
        cp -p $name kept
        replay one.rec $name
        code_is 5 && says err "$name" && cmp $name kept &&
            [ "$(stat -c '%a %Y' $name)" = "$(stat -c '%a %Y' kept)" ] ||
            fail "$name was touched" || return
        run --db $name findings
        code_is 5 && silent out && says err "$name" || return
    done
    says err "use the mpyctl of that version"
}

damage_is_told_and_kept() {
    cp good.db bad.db
    printf garbage | dd of=bad.db conv=notrunc 2>/dev/null
    cp bad.db kept
    replay one.rec bad.db
    code_is 5 && says err "file is not a database" && cmp bad.db kept || return
    run --db bad.db findings
    code_is 5 && says err "keep the file as evidence"
}

locked_for_a_while_is_waited_for() {
    rm -f locked
    python3 - good.db 2 <<'P' &
import sqlite3, sys, time
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("begin immediate")
open("locked", "w").close()
time.sleep(float(sys.argv[2]))
c.execute("rollback")
P
    until [ -e locked ]; do sleep 0.1; done
    run --db good.db findings
    code_is 0 || return # readers do not wait
    replay many.rec good.db
    wait
    code_is 0 && says err "tried again every second" &&
        says err "takes findings again" && found good.db 100
}

a_full_disk_loses_nothing_recorded() {
    local n
    mkdir -p small
    mount -t tmpfs -o size=300k none small || return
    replay many.rec small/x.db
    code_is 5 && says err "database or disk is full" &&
        says err "finding not recorded" || return
    n=$(grep -c "finding not recorded" err)
    found small/x.db $((100 - n)) || return
    mount -o remount,size=4m small
    replay many.rec small/x.db && code_is 0 && found small/x.db 100
}

a_full_disk_can_be_read() { # without place for the -shm, too
    umount small
    mount -t tmpfs -o size=300k none small || return
    replay one.rec small/x.db && code_is 0 || return
    rm small/x.db-shm
    head -c 1m /dev/zero >small/filler 2>/dev/null
    replay one.rec small/x.db
    code_is 5 && says err "No space left on device" && found small/x.db 1 ||
        return
    rm small/filler
}

read_only_is_told() {
    mount -o remount,ro small || return
    replay one.rec small/x.db
    code_is 5 && says err "Read-only file system" && found small/x.db 1
}

bad_recordings_are_told() {
    replay none.rec x.db && code_is 5 && says err "none.rec cannot be opened" ||
        return
    replay text x.db && code_is 5 && says err "text is no recording" || return
    head -c 300 one.rec >short.rec
    replay short.rec x.db && code_is 0 && says err "recording is cut off"
}

bad_bundle_is_told() {
    replay one.rec x.db --bundle text
    code_is 5 && says err "bundle text: this is no mpy bundle" || return
    replay one.rec x.db --bundle /nonexistent
    code_is 5 && says err /nonexistent
}

try records_what_it_finds
try a_second_replay_adds_nothing
try foreign_files_stay
try damage_is_told_and_kept
try locked_for_a_while_is_waited_for
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
    mounted() { umount -l small 2>/dev/null; }
    trap 'mounted; rm -rf "$dir"' EXIT
    try a_full_disk_loses_nothing_recorded
    try a_full_disk_can_be_read
    try read_only_is_told
    mounted
else
    skip a_full_disk_loses_nothing_recorded "needs root to mount"
    skip a_full_disk_can_be_read "needs root to mount"
    skip read_only_is_told "needs root to mount"
fi
try bad_recordings_are_told
try bad_bundle_is_told
exit $status
