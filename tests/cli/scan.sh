#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mpyctl scan and explain: which files, what is said of them, bad input.
# --threshold 0 and 1 make most of it independent of the model.
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash" || exit 1

mkdir -p tree/.hidden tree/a tree/empty
printf 'import os\nprint(os.getcwd())\n' >tree/plain.py
printf 'print(1)\n' >tree/.hidden/x.pyw
printf '#!/usr/bin/env python3\nprint(2)\n' >tree/a/tool
printf 'from os import path\nprint(path.sep)\n' >tree/a/notes
printf 'just text, nothing to see\n' >tree/a/readme.txt
printf '#!/bin/sh\necho python\n' >tree/a/shell
: >tree/a-empty.py
ln -s plain.py tree/link.py
ln -s / tree/root
mkfifo tree/fifo
printf 'print(3)\n' >"$(printf 'tree/odd\n\377.py')"
plain_sha256=$(sha256sum tree/plain.py | cut -d ' ' -f 1)

finds_python_and_nothing_else() {
    run scan --json tree
    json '[r["path"] for r in rows] == ["tree/.hidden/x.pyw",
        "tree/a-empty.py", "tree/a/notes", "tree/a/tool", "tree/odd\n\ufffd.py",
        "tree/plain.py"]'
}

all_judges_every_file() {
    run scan --json --all tree
    json 'len(rows) == 8 and any("readme" in r["path"] for r in rows)'
}

rows_have_every_key() {
    run scan --json tree/plain.py
    json '(list(rows[0])[:2] == ["path", "verdict"] and all(k in rows[0] for k in
        "probability raw sha256 size layers reasons indicators".split())
        and rows[0]["sha256"] == "'"$plain_sha256"'" and rows[0]["size"] == 29
        and rows[0]["reasons"] and 0 <= rows[0]["probability"] <= 1)'
}

# Those that the guests run three hundred times: this tells sooner.
harmless_programs_are_harmless() {
    run scan --json "$here/../vm/harmless"
    json 'rows and all(r["verdict"] == "harmless" for r in rows)'
}

bytes_of_a_path_are_exact() {
    run scan --json tree
    json 'sum(r.get("path_base64") == "dHJlZS9vZGQK/y5weQ==" for r in rows) == 1'
}

path_is_as_given() {
    run scan --json ./tree/../tree/ && json \
        'all(r["path"].startswith("./tree/../tree/") for r in rows)' || return
    run scan --json "$dir/tree/plain.py" && json \
        'rows[0]["path"] == "'"$dir"'/tree/plain.py"'
}

named_files_are_always_judged() {
    run scan --json tree/a/readme.txt tree/link.py
    json '[r["path"] for r in rows] == ["tree/a/readme.txt", "tree/link.py"]'
}

special_files_are_skipped() {
    run scan --json tree/fifo /dev/null
    code_is 0 && silent out && says err "tree/fifo: skipped, it is a FIFO" &&
        says err "a device"
}

threshold_decides() {
    run scan --json --threshold 0 tree/plain.py
    code_is 1 && json 'rows[0]["verdict"] == "malicious"' || return
    run scan --threshold=1 tree/plain.py
    code_is 0 && silent out
}

standard_input() {
    printf 'print(1)\n' | "$ctl" scan --json - >out 2>err
    code=$?
    code_is 0 && json '(rows[0]["path"] == "-" and rows[0]["size"] == 9 and
        rows[0]["sha256"] == "'"$(printf 'print(1)\n' | sha256sum |
        cut -d ' ' -f 1)"'")'
}

what_cannot_be_opened_is_5() {
    run scan --json nothing tree/plain.py
    code_is 5 && json 'len(rows) == 1' && says err "nothing: No such file" ||
        return
    run scan --threshold 0 nothing tree/plain.py
    code_is 5 && says out "tree/plain.py" || return
    run scan "" && code_is 5
}

unreadable_files() {
    if [ "$(id -u)" -eq 0 ]; then
        # Root reads everything: a file that refuses to be read.
        run scan --json /proc/self/mem
    else
        printf 'print(1)\n' >locked.py && chmod 0 locked.py
        run scan --json locked.py
    fi
    json '(rows[0]["verdict"] == "unreadable" and rows[0]["reasons"][0]["text"]
        and "probability" not in rows[0])'
}

text_is_for_people() {
    run scan --threshold 0 tree
    code_is 1 && says out 'malicious ' && says out 'tree/odd\n\xff.py' &&
        says err '6 files' && says err '6 malicious' || return
    run scan --threshold 1 -v tree && code_is 0 && says out 'harmless ' || return
    run scan --threshold 1 tree && code_is 0 && silent out && says err 6
}

no_colours_in_a_pipe() {
    run scan --threshold 0 tree
    ! grep -q "$(printf '\033')" out err || fail "colours"
}

colours_on_a_terminal() {
    script -qec "$ctl scan --threshold 0 tree/plain.py" /dev/null >out 2>err \
        </dev/null
    grep -q "$(printf '\033\\[31m')" out || fail "no colours" || return
    NO_COLOR=1 script -qec "$ctl scan --threshold 0 tree/plain.py" /dev/null \
        >out 2>err </dev/null
    ! grep -q "$(printf '\033\\[31m')" out || fail "NO_COLOR" || return
    script -qec "$ctl scan --no-color --threshold 0 tree/plain.py" /dev/null \
        >out 2>err </dev/null
    ! grep -q "$(printf '\033\\[31m')" out || fail "--no-color"
}

odd_contents() {
    mkdir -p odd
    head -c 100000 /dev/urandom >odd/random.py
    head -c 100000 /dev/zero >odd/zeros.py
    printf '\377\376p\0r\0i\0n\0t\0(\0001\0)\0\n\0' >odd/utf16.py
    printf 'PK\003\004' >odd/short.pyz
    printf '\247\r\r\n' >odd/short.pyc
    head -c 1000000 /dev/zero | tr '\0' '(' >odd/nested.py
    head -c 3000000 /dev/zero | tr '\0' 'a' >odd/line.py
    run scan --json odd
    [ "$code" -le 1 ] || fail "status" || return
    json 'len(rows) == 7 and all("sha256" in r for r in rows)'
}

a_gigabyte() {
    truncate -s 1G huge.py || return
    printf 'print(1)\n' | dd of=huge.py conv=notrunc 2>dd.err || return
    run scan --json huge.py
    local digest
    digest=$(sha256sum huge.py | cut -d ' ' -f 1)
    rm -f huge.py
    json '(rows[0]["size"] == 1 << 30 and rows[0]["sha256"] == "'"$digest"'")'
}

# The largest process that is waited for, mpyctl or its judge: 64 MiB of memory
# are all that any input may cost.
a_bomb_costs_no_memory() {
    python3 - >bomb.py <<'P' || return
import base64, zlib
print("import zlib,base64\nexec(zlib.decompress(base64.b64decode('%s')))"
      % base64.b64encode(zlib.compress(b"a=1\n" * (40 << 20))).decode())
P
    python3 - "$ctl" <<'P'
import resource, subprocess, sys
ended = subprocess.run([sys.argv[1], "scan", "bomb.py"]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(used, "KiB")
sys.exit(ended > 1 or not 16 << 10 < used <= 64 << 10)
P
}

a_deep_tree() {
    (
        mkdir deep && cd deep || exit
        for _ in $(seq 200); do mkdir "$(printf 'd%.0s' {1..200})" &&
            cd d* || exit; done
        printf 'print(1)\n' >x.py
    )
    run scan --json deep
    json 'len(rows) == 1 and len(rows[0]["path"]) > 40000'
}

output_that_cannot_be_written() {
    "$ctl" scan --json tree/plain.py >/dev/full 2>err
    code=$?
    : >out
    code_is 5 && says err "cannot write the output" || return
    "$ctl" scan --json tree/plain.py >&- 2>err
    code=$?
    code_is 5 && says err "cannot write the output" || return
    "$ctl" scan --json - <&- >out 2>err
    code=$?
    code_is 5 && silent out && says err "standard input"
}

no_model_is_5() {
    run scan --bundle nothing tree && code_is 5 && silent out || return
    head -c 1000 /dev/urandom >bad.bundle
    run scan --bundle bad.bundle tree && code_is 5 && silent out &&
        says err bad.bundle
}

explain_shows_both_sides() {
    run explain tree/plain.py
    code_is 0 && says out "Speaks for malicious" &&
        says out "Speaks for harmless" && says out "$plain_sha256" || return
    run explain --json tree/plain.py
    code_is 0 && json '(len(rows) == 1 and abs(sum(x["contribution"] for x in
        rows[0]["reasons"]) - rows[0]["raw"]) < 1e-6)' || return
    run explain nothing && code_is 5 && silent out
}

if ! "$ctl" scan /dev/null >/dev/null 2>&1; then
    echo "# $("$ctl" scan /dev/null 2>&1)"
    echo "not ok scan_can_start"
    exit 1
fi
try finds_python_and_nothing_else
try all_judges_every_file
try rows_have_every_key
try harmless_programs_are_harmless
try bytes_of_a_path_are_exact
try path_is_as_given
try named_files_are_always_judged
try special_files_are_skipped
try threshold_decides
try standard_input
try what_cannot_be_opened_is_5
try unreadable_files
try text_is_for_people
try no_colours_in_a_pipe
if command -v script >/dev/null; then
    try colours_on_a_terminal
else
    skip colours_on_a_terminal "script is not installed"
fi
try odd_contents
try a_gigabyte
try a_bomb_costs_no_memory
try a_deep_tree
try output_that_cannot_be_written
try no_model_is_5
try explain_shows_both_sides
exit $status
