#!/bin/sh
# Arguments of every kind arrive as they were at exec.
. "${VM:-/root/vm}/lib.sh"
. "$VM/kmod/kmod.sh"
enter
start_client
python3 -c 'many = 1' $(seq 100000)
python3 -c 'newlines = 1' 'a
b' "$(printf 'bad\377\376\200')" ''
python3 -c 'rewrite = 1
fields = open("/proc/self/stat", "rb").read().rsplit(b")", 1)[1].split()
start = int(fields[45])
with open("/proc/self/mem", "r+b", buffering=0) as memory:
    memory.seek(start)
    memory.write(b"innocent\0")
' secret-argument
perl -e 'exec {"/usr/bin/python3"} "", "-c", "noname = 1"'
python3 -c 'import os
os.execv("/usr/bin/python3", ["x" * 300000][:0] + ["python3", "-c", "again = 1"])'
stop_client
check_books argv

many='^EXEC .* data=python3.x00-c.x00many'
total=$( (printf 'python3\0-c\0many = 1\0'; seq 100000 | tr '\n' '\0') | wc -c)
same "100,000 arguments: total" "$total" "$(field argv_total "$many")"
same "reported up to 256 KiB" 262144 "$(field argv_size "$many")"
same "and marked as cut" 1 "$(field argv_truncated "$many")"
check "newline, bytes that are no UTF-8, empty" grep -qF \
    'data=python3\x00-c\x00newlines\x20=\x201\x00a\x0ab\x00bad\xff\xfe\x80\x00\x00' "$OUT"
check "rewritten afterwards: the arguments at exec" \
    grep -q '^EXEC .* data=python3.x00-c.x00rewrite.*secret-argument' "$OUT"
same "and nothing else" 0 "$(lines '^EXEC .* data=innocent')"
check "an empty argv[0]" grep -qF 'data=\x00-c\x00noname' "$OUT"
again='^EXEC .* data=python3.x00-c.x00again'
same "exec by Python itself: the same process, a second EXEC" \
    "$(field tgid '^EXEC .*import.x20os.*execv')" "$(field tgid "$again")"
finish
