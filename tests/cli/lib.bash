#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Shared by the tests of mpyctl from the outside. A test is a function called
# by try: it fails if it returns non-zero; what it printed is shown then.
# shellcheck shell=bash
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ctl=${MPYCTL:-$here/../../build/bin/mpyctl}
ctl=$(realpath "$ctl")
dir=$(mktemp -d /tmp/mpy-cli-XXXXXX)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
unset NO_COLOR
export TZ=UTC LC_ALL=C
status=0

try() { # NAME: runs the function
    local said
    if said=$("$1" 2>&1); then
        echo "ok $1"
    else
        sed 's/^/# /' <<<"$said"
        echo "not ok $1"
        # shellcheck disable=SC2034  # each test exits with it
        status=1
    fi
}

skip() { echo "ok $1 # SKIP $2"; }

# Runs mpyctl; its parts are then in out, err and code.
run() {
    "$ctl" "$@" >out 2>err </dev/null
    code=$?
}

fail() {
    echo "$*; exit status ${code-?}"
    echo "stdout:" && head -c 2000 out
    echo "stderr:" && head -c 2000 err
    return 1
}

code_is() { [ "$code" -eq "$1" ] || fail "expected exit status $1"; }
says() { grep -qF -- "$2" "$1" || fail "$1 lacks: $2"; }
says_not() { ! grep -qF -- "$2" "$1" || fail "$1 has: $2"; }
silent() { [ ! -s "$1" ] || fail "$1 is not empty"; }

# Evaluates a Python expression over rows, the JSON lines of stdout; each line
# must be one whole object of valid UTF-8.
json() {
    python3 - "$1" <<'P' || fail "not so: $1"
import json, sys
with open("out", "rb") as f:
    rows = [json.loads(line.decode("utf-8")) for line in f.read().splitlines()]
assert all(isinstance(row, dict) for row in rows)
assert eval(sys.argv[1]), rows
P
}
