#!/bin/sh
# Who may speak to the module, and what the others are told.
. "${VM:-/root/vm}/lib.sh"
. "$VM/kmod/kmod.sh"
enter
start_client
port=$(sed -n 's/^HELLO port=\([0-9]*\).*/\1/p' "$OUT")

"$CLIENT" hello >/tmp/second
same "a second daemon is refused" 1 $?
check "with EBUSY and a sentence" \
    grep -q 'errno=16 .*another daemon is registered' /tmp/second

"$CLIENT" hello --abi 77 >/tmp/abi
same "another ABI is refused" 1 $?
check "with EPROTO, naming both" \
    grep -q 'errno=71 .*ABI 1, .*ABI 77' /tmp/abi

setpriv --reuid=nobody --clear-groups "$CLIENT" hello >/tmp/user
same "a user is refused" 1 $?
check "with EPERM" grep -q 'errno=1 ' /tmp/user
setpriv --reuid=nobody --clear-groups "$CLIENT" stats >/tmp/user
check "a user gets no statistics" grep -q 'errno=1 ' /tmp/user
setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$CLIENT" hello \
    >/tmp/admin
check "root without CAP_SYS_ADMIN is refused with a sentence" \
    grep -q 'errno=1 .*CAP_SYS_ADMIN' /tmp/admin

# Ports are per network namespace: there anybody can have ours and close it.
sysctl -q kernel.unprivileged_userns_clone=1 2>/dev/null
setpriv --reuid=nobody --clear-groups \
    unshare --user --map-root-user --net "$CLIENT" steal "$port"
same "the same port in a foreign namespace was opened and closed" 0 $?
unshare --net "$CLIENT" hello >/tmp/net
check "no family in a foreign network namespace" \
    grep -q 'family errno=2' /tmp/net
unshare --user --map-root-user "$CLIENT" hello >/tmp/userns
check "root of a user namespace is refused" grep -q 'errno=1 ' /tmp/userns

python3 -c 'after = 1'
stop_client
check_books access
same "the gate stayed open through all that" 1 \
    "$(lines '^EXEC .*after.x20=.x201')"

"$CLIENT" hello >/tmp/first
check "after the daemon's end another is welcome" grep -q '^HELLO' /tmp/first
finish
