#!/bin/sh
# Files of every kind: huge, deleted, in memory, empty, being run.
. "${VM:-/root/vm}/lib.sh"
. "$VM/kmod/kmod.sh"
enter
dir=$(mktemp -d)
cd "$dir" || exit 1
truncate -s 1G sparse.py
truncate -s 300M data.bin
printf '#!/usr/bin/python3\n' >hashbang
head -c 100000 /dev/zero | tr '\0' '#' >>hashbang
: >empty.py
: >empty.txt
echo 'print("gone")' >gone.py

start_client --fetch sparse.py
python3 - <<'PY'
import os
def touch(path, flags=os.O_RDONLY):
    os.close(os.open(path, flags))
touch("sparse.py")
touch("data.bin")
touch("hashbang")
touch("empty.py")
touch("empty.txt")
fd = os.open("gone.py", os.O_RDONLY)
os.unlink("gone.py")
touch("/proc/self/fd/%d" % fd)
fd = os.memfd_create("inmemory")
os.write(fd, b"print('memfd')\n")
touch("/proc/self/fd/%d" % fd)
try:
    touch("hashbang", os.O_RDONLY | os.O_DIRECT)
except OSError:
    pass
# What was just written can be run at once: no write access is kept.
for i in range(50):
    with open("prog", "wb") as out:
        out.write(open("/bin/true", "rb").read())
    os.chmod("prog", 0o755)
    fd = os.open("prog", os.O_RDWR)
    os.close(fd)
    if os.spawnv(os.P_WAIT, "prog", ["prog"]):
        print("could not run")
PY
same "files touched" 0 $?
sleep 1
stop_client
check_books files

of() { field "$1" "^READ .* path=$dir/$2 "; }
same "1 GiB: size" 1073741824 "$(of size sparse.py)"
same "1 GiB: bounded contents" "262144 1" \
    "$(of contents sparse.py) $(of truncated sparse.py)"
check "1 GiB: the whole by descriptor" grep -q '^FD .* size=1073741824 ' "$OUT"
check "that descriptor is close-on-exec" grep -q '^FD .* cloexec=1' "$OUT"
same "large data: its head" "4096 1" \
    "$(of contents data.bin) $(of truncated data.bin)"
check "large script by #!: whole" \
    grep -q "^READ .* path=$dir/hashbang .* contents=100019 " "$OUT"
same "an empty .py is reported" 0 "$(of contents empty.py)"
same "another empty file is not" 0 "$(lines "path=$dir/empty.txt ")"
same "deleted: path without mark, flag" "$dir/gone.py 1" \
    "$(field path '^READ .* deleted=1 .*gone') $(field deleted '^READ .*gone.py ')"
check "memfd: named, flagged, with its bytes" \
    grep -q "^READ .* path=/memfd:inmemory .* deleted=1 .*data=print('memfd')" "$OUT"
cd / && rm -r "$dir"
finish
