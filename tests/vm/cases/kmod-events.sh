#!/bin/sh
# What EXEC and READ say of a program, against what stat and /proc say.
. "${VM:-/root/vm}/lib.sh"
. "$VM/kmod/kmod.sh"
enter

dir=$(mktemp -d)
cd "$dir" || exit 1
printf '#!/usr/bin/python3\nimport os\nprint(os.getpid(), os.getppid())\n' >s.py
chmod 755 s.py
python=$(readlink -f /usr/bin/python3)

start_client
"$dir/s.py" one 'two three' >pids
/usr/bin/env python3 ./s.py >/dev/null
mkdir gone && (cd gone && rmdir ../gone && python3 -c 'pass')
stop_client
check_books events

exec_line="^EXEC .* script=$dir/s.py"
same "EXEC of a #! script comes once" 1 "$(lines "$exec_line")"
same "pid and parent" "$(cat pids)" \
    "$(field tgid "$exec_line") $(field ppid "$exec_line")"
same "image path" "$python" "$(field exe "$exec_line")"
same "image dev and inode as stat tells" "$(stat -c '%d %i' "$python")" \
    "$(field exe_dev "$exec_line") $(field exe_ino "$exec_line")"
same "image size and times" "$(stat -c '%s %Y %Z' "$python")" \
    "$(field exe_size "$exec_line") $(($(field exe_mtime "$exec_line") / 1000000000)) $(($(field exe_ctime "$exec_line") / 1000000000))"
same "script dev and inode" "$(stat -c '%d %i' s.py)" \
    "$(field script_dev "$exec_line") $(field script_ino "$exec_line")"
same "filename" "$dir/s.py" "$(field filename "$exec_line")"
same "interp" "/usr/bin/python3" "$(field interp "$exec_line")"
same "cwd" "$dir" "$(field cwd "$exec_line")"
same "comm" "s.py" "$(field comm "$exec_line")"
same "argv" "/usr/bin/python3\\x00$dir/s.py\\x00one\\x00two\\x20three\\x00" \
    "$(field data "$exec_line")"
same "ids" "0 0 0" \
    "$(field uid "$exec_line") $(field euid "$exec_line") $(field gid "$exec_line")"
for ns in mnt pid net user uts ipc cgroup; do
    same "namespace $ns" "$(readlink /proc/self/ns/$ns | tr -dc 0-9)" \
        "$(field ns_$ns "$exec_line")"
done
same "cgroup" "$(sed -n 's/^0:://p' /proc/self/cgroup)" \
    "$(field cgroup "$exec_line")"
same "cgroup id is the directory's inode" \
    "$(stat -c %i "/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)")" \
    "$(field cgroup_id "$exec_line")"

env_line='^EXEC .* data=python3.x00./s.py'
same "env python3: an EXEC without a script" "1 " \
    "$(lines "$env_line") $(field script "$env_line")"
gone_line='^EXEC .* data=python3.x00-c'
same "a deleted cwd" "$dir/gone 1" \
    "$(field cwd "$gone_line") $(field cwd_deleted "$gone_line")"

read_line="^READ .* path=$dir/s.py"
check "READ of the script" grep -q "$read_line" "$OUT"
same "READ has the very bytes" "$(stat -c %s s.py)" \
    "$(field contents "$read_line")"
same "READ dev and inode" "$(stat -c '%d %i' s.py)" \
    "$(field dev "$read_line") $(field ino "$read_line")"
check "READ names the file system" grep -q "$read_line .* fstype=$(findmnt -no FSTYPE -T s.py) " "$OUT"
same "the EXEC is before its READs" "" "$(awk -v tgid="tgid=$(field tgid "$exec_line")" '
    index($0, tgid " ") && /^READ/ && !seen { print "READ first"; exit }
    index($0, tgid " ") && /^EXEC/ { seen = 1 }' "$OUT")"
rm -r "$dir"
finish
