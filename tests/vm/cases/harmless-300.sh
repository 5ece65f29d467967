#!/bin/sh
# 300 ordinary programs run; none of them gives a finding.
set -u
H=/root/vm/harmless
export H
list=$H/programs.txt
n=0 bad=0
while IFS= read -r line; do
    case $line in '' | '#'*) continue ;; esac
    n=$((n + 1))
    dir=$(mktemp -d /tmp/h.XXXXXX)
    if ! (cd "$dir" && timeout 120 sh -c "$line" </dev/null) \
        >/tmp/out 2>&1; then
        echo "# program $n ended with an error: $line"
        bad=$((bad + 1))
    fi
    rm -rf "$dir"
done <"$list"
echo "# $n programs, $bad ended with an error"
[ "$n" -ge 300 ] || { echo "not ok harmless-300: only $n programs"; exit 1; }
# A list that does not run tests nothing.
[ "$bad" -le 30 ] || { echo "not ok harmless-300: $bad failed"; exit 1; }
mpyctl sync --timeout 300 || { echo "not ok harmless-300: sync"; exit 1; }
mpyctl --json findings >/tmp/findings || exit 1
if [ -s /tmp/findings ]; then
    cut -c1-600 /tmp/findings
    echo "not ok harmless-300: findings"
    exit 1
fi
mpyctl --json findings --observations | wc -l |
    sed 's/^/# observations: /'
mpyctl --json status
echo "ok harmless-300"
