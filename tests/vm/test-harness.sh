#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Does scripts/vm keep its promises (its --help)? Most of it runs in the guest
# without mpy, so that a fault of mpy is not mistaken for one of the harness.
#
#	tests/vm/test-harness.sh [KERNEL]

# shellcheck disable=SC2016 # what is in single quotes is for the guest
# shellcheck disable=SC2317 # functions are called by check
set -u
cd "$(dirname "$0")/../.." || exit 1
kernel=${1:-6.1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work/tmp
mkdir "$TMPDIR"
failed=0

vm() {
	scripts/vm --kernel "$kernel" --bare "$@"
}

# run OPTIONS -- CMD: sets $status, $out, $err (the latter two are files)
run() {
	vm "$@" >"$out" 2>"$err"
	status=$?
}
out=$work/out
err=$work/err

ok() {
	echo "ok harness/$1"
}

not_ok() {
	echo "not ok harness/$1: $2"
	[ ! -s "$err" ] || tail -n 5 "$err" | sed 's/^/# /'
	failed=1
}

# check NAME WHY TEST...: one line of the report
check() {
	local name=$1 why=$2
	shift 2
	if "$@"; then ok "$name"; else not_ok "$name" "$why"; fi
}

# ends NAME STATUS OPTIONS -- CMD
ends() {
	local name=$1 wanted=$2
	shift 2
	run "$@"
	check "$name" "status $status, wanted $wanted" [ "$status" -eq "$wanted" ]
}

says() {
	grep -qe "$1" "$err"
}

vm -- true || { echo "not ok harness/image"; exit 1; }

# ---- the command's status and surroundings ----------------------------------

ends status-0 0 -- true
check quiet "a built image says something" [ ! -s "$err" ]
ends status-7 7 -- sh -c 'exit 7'
ends status-not-found 127 -- /no/such/program
ends status-not-executable 126 -- /etc/passwd
ends status-signal 143 -- sh -c 'kill -TERM $$'

run -- sh -c 'pwd; id -u; wc -c; tty; ls /sys/class/net; echo $HOME'
printf '/root\n0\n0\nnot a tty\nlo\n/root\n' >"$work/wanted"
check surroundings "$(tr '\n' ' ' <"$out")" cmp -s "$out" "$work/wanted"

run -- printf '<%s>' '' 'a b' "it's" $'two\nlines' $'\xff\xfe' '*' '--help'
printf '<%s>' '' 'a b' "it's" $'two\nlines' $'\xff\xfe' '*' '--help' \
	>"$work/wanted"
check arguments "changed on the way" cmp -s "$out" "$work/wanted"

# ---- bytes out --------------------------------------------------------------

every='import sys
b = bytes(range(256)) * 300
sys.stdout.buffer.write(b)
sys.stderr.buffer.write(b[::-1])'
run -- python3 -c "$every"
python3 -c "$every" >"$work/out.wanted" 2>"$work/err.wanted"
check bytes-stdout "differs" cmp -s "$out" "$work/out.wanted"
check bytes-stderr "differs" cmp -s "$err" "$work/err.wanted"

run -- sh -c 'head -c 20000000 /dev/zero | tr "\0" "\n" | cat -n'
head -c 20000000 /dev/zero | tr '\0' '\n' | cat -n >"$work/wanted"
check bytes-many "differs" cmp -s "$out" "$work/wanted"

run -- sh -c 'sleep 1000 & echo left'
check left-behind "a background process holds the run up" \
	[ "$(cat "$out")" = left ]

vm -- sh -c 'yes | head -n 1000000' | head -n 1 >"$out"
check reader-leaves "status ${PIPESTATUS[0]}" [ "${PIPESTATUS[0]}" -eq 0 ]

# ---- files in and out -------------------------------------------------------

in=$work/in-there
mkdir -p "$in/sub" "$in/empty"
head -c 3000000 /dev/urandom >"$in/sub/random"
printf 'x' >"$in/$(printf 'odd\n\377 name')"
printf '#!/bin/sh\necho ran\n' >"$in/program"
chmod 755 "$in/program"
ln -s sub/random "$in/link"
run --put "$in" --put tests/unit --get in-there/sub/random \
	--get /root/in-there --get /etc/os-release --out "$work/back" -- sh -c \
	'in-there/program; test -d in-there/empty && test -L in-there/link &&
	test -e unit/test.h && stat -c %U in-there/program'
check put "status $status" [ "$status $(tr '\n' ' ' <"$out")" = "0 ran root " ]
check get-file "differs" cmp -s "$in/sub/random" "$work/back/random"
rm -f "$in/link"
check get-folder "differs" diff -r "$in" "$work/back/in-there"
check get-absolute "missing" grep -q Debian "$work/back/os-release"

run --get /etc/hostname --out "$work/back" -- false
check get-after-failure "status $status" \
	[ "$status $(cat "$work/back/hostname")" = "1 mpy-vm" ]
ends get-missing 125 --get /no/such --out "$work/back" -- true
check get-missing-says "no reason given" says 'No such file'

# ---- the guest itself -------------------------------------------------------

began=$(date +%s)
run -- date +%s
check clock "the guest says $(cat "$out"), here it is $began-$(date +%s)" \
	[ $((began - 2)) -le "$(cat "$out")" -a \
	"$(cat "$out")" -le $(($(date +%s) + 2)) ]
run -- head -c 16 /dev/urandom
cp "$out" "$work/random"
run -- head -c 16 /dev/urandom
check random "two runs draw the same numbers" \
	eval '! cmp -s "$out" "$work/random"'
run -- sh -c 'for tool in systemctl python3 perl gcc make gdb git curl sudo \
	script hexdump ip openssl xxd systemd-nspawn podman dpkg; do
	command -v $tool >/dev/null || echo $tool; done
	python3 -c "import venv, tkinter, idlelib"'
check server "missing: $(tr '\n' ' ' <"$out")" [ ! -s "$out" ]

ends cold 0 --cold --console "$work/console" -- true
check console "--console wrote nothing" [ -e "$work/console" ]

# With mpy: off with --no-start, and the user can start it all the same.
scripts/vm --kernel "$kernel" --no-start -- sh -c '
	grep "^mpy " /proc/modules && exit 10
	systemctl -q is-active mpyd && exit 11
	systemctl start mpyd || exit 12
	for i in $(seq 60); do
		mpyctl status >/dev/null && exit 0
		sleep 1
	done
	exit 13' >"$out" 2>"$err"
status=$?
check no-start "status $status" [ "$status" -eq 0 ]
scripts/vm --kernel "$kernel" -- mpyctl status >"$out" 2>"$err"
status=$?
check healthy "status $status" [ "$status" -eq 0 ]

# ---- what can go wrong ------------------------------------------------------

kmsg() {
	ends "$1" "$2" -- sh -c "echo '$3' > /dev/kmsg; exit 3"
}
kmsg log-harmless 3 'a WARNING of no weight'
kmsg log-warning 98 'WARNING: CPU: 0 PID: 1 at test.c:1'
check log-tail "no tail on stderr" says 'WARNING: CPU: 0 PID: 1 at test'
kmsg log-bug 98 'BUG: test'
kmsg log-oops 98 'Oops: 0002'
kmsg log-trace 98 'Call Trace:'
kmsg log-hung 98 'INFO: task x:1 blocked for more than 120 seconds.'
kmsg log-leak 98 'kmemleak: 1 new suspected memory leaks'
ends log-poweroff 98 -- sh -c \
	'echo "BUG: test" > /dev/kmsg; sleep 1; poweroff -f'

ends died-poweroff 99 -- poweroff -f
ends died-orderly 99 -- sh -c 'systemctl poweroff; sleep 1000'
ends died-reset 99 -- sh -c 'echo b > /proc/sysrq-trigger; sleep 1000'
ends died-crash 99 -- sh -c 'echo c > /proc/sysrq-trigger; sleep 1000'
ends died-agent 99 -- sh -c 'kill -9 $PPID; sleep 1000'

# The command would take 1000 s, or for ever: a slow machine is no failure.
began=$SECONDS
ends time-out 124 --timeout 5 -- sleep 1000
check time-out-bounded "took $((SECONDS - began)) s" \
	[ $((SECONDS - began)) -le 300 ]
began=$SECONDS
vm --timeout 5 -- yes 2>"$err" | (
	sleep 12
	head -c 1 >/dev/null
)
check time-out-stalled "took $((SECONDS - began)) s" \
	[ $((SECONDS - began)) -le 300 ]

refused() {
	local name=$1 why=$2
	shift 2
	ends "refused-$name" 125 "$@"
	check "refused-$name-says" "no reason given" says "$why"
}
refused no-command 'no command'
refused option 'unrecognized' --nonsense -- true
refused put 'not a folder' --put /no/such -- true
refused put-file 'not a folder' --put Makefile -- true
refused time-out 'timeout' --timeout 0 -- true
refused kernel 'no such kernel' --kernel 2.4 -- true
refused kernel-5.10 'not built yet' --kernel 5.10 -- true
refused kernel-new 'not built yet' --kernel new -- true
refused debug 'not built yet' --debug -- true
refused out 'cannot be written\|File exists\|Not a directory' \
	--get /etc/passwd --out Makefile -- true
refused accel 'nosuch' --accel nosuch --cold -- true
scripts/vm --help >"$out" 2>"$err"
check help "status $?" grep -q -e '--no-start' "$out"

# ---- side by side, stopped, without root ------------------------------------

for i in 1 2; do
	vm -- sh -c "echo $i > /root/mine; sleep 3; cat /root/mine" \
		>"$work/side.$i" 2>&1 &
done
wait
check side-by-side "$(cat "$work"/side.*)" \
	[ "$(cat "$work/side.1" "$work/side.2")" = "$(printf '1\n2')" ]

descendants() {
	local child
	for child in $(pgrep -P "$1"); do
		echo "$child"
		descendants "$child"
	done
}

stopped() {
	local pid left children signal=$1
	vm -- sh -c 'echo up; sleep 1000' >"$out" 2>"$err" &
	pid=$!
	for _ in $(seq 100); do
		[ ! -s "$out" ] || break
		sleep 0.2
	done
	# vm() runs in a subshell; scripts/vm is its only child.
	pid=$(pgrep -P "$pid" || echo "$pid")
	children=$(descendants "$pid")
	kill -"$signal" "$pid"
	wait
	[ "$signal" != KILL ] || sleep 1
	left=$(for child in $children; do
		case $(ps -o stat= -p "$child") in
		"" | Z*) ;;
		*) echo "$child" ;;
		esac
	done)
	[ -n "$children" ] && [ -z "$left" ]
}
check stopped-TERM "a process is left" stopped TERM
check stopped-INT "a process is left" stopped HUP
check stopped-files "$(ls "$TMPDIR")" [ -z "$(ls -A "$TMPDIR")" ]
check stopped-KILL "a process is left" stopped KILL
rm -rf "${TMPDIR:?}"/*

if [ "$(id -u)" -ne 0 ]; then
	ok "unprivileged # SKIP already unprivileged"
elif ! setpriv --reuid 65534 --regid 65534 --clear-groups \
	test -r scripts/vm.d/main.py; then
	ok "unprivileged # SKIP nobody may read this tree"
else
	TMPDIR=/tmp setpriv --reuid 65534 --regid 65534 --clear-groups \
		scripts/vm --kernel "$kernel" --bare -- id -u >"$out" 2>"$err"
	check unprivileged "status $?" [ "$(cat "$out" "$err")" = 0 ]
fi

exit $failed
