#!/bin/sh
# 300 ordinary programs run; none of them gives a finding.
set -u
H=/root/vm/harmless
export H
list=$H/programs.txt
grep -v '^#' "$list" >/tmp/programs
n=$(grep -c . /tmp/programs)

# Every second line from line $1 on, so that both processors have work.
worker() {
    sed -n "$1~2p" /tmp/programs | while IFS= read -r line; do
        dir=$(mktemp -d /tmp/h.XXXXXX)
        (cd "$dir" && timeout 120 sh -c "$line" </dev/null) \
            >/tmp/out.$1 2>&1 || echo "# ended with an error: $line"
        rm -rf "$dir"
    done
}
worker 1 >/tmp/errors.1 &
worker 2 >/tmp/errors.2
wait
cat /tmp/errors.1 /tmp/errors.2
bad=$(cat /tmp/errors.1 /tmp/errors.2 | wc -l)
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
