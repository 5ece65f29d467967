#!/bin/sh
# What the module costs, in one boot: instructions per exec of a program that
# is not Python, per open by one, and per open by an interpreter, with the
# module absent, loaded (gate closed), and with the gate open. Runs as root in
# a guest started with --icount; prints a table.
: "${VM:=/root/vm}"
. "$VM/lib.sh"
. "$VM/kmod/kmod.sh"

gcc -O2 -Wall -o /tmp/calls-foreign "$VM/bench/calls.c" || exit 1
gcc -O2 -Wall -DPYTHON -rdynamic -o /tmp/calls-python "$VM/bench/calls.c" ||
    exit 1
head -c 2000 /dev/zero | tr '\0' '#' >/tmp/calls.py
sync
sleep 3 # the programs must be old enough for the answer about them to hold

measure() { # STATE
    echo "$1 exec $(/tmp/calls-foreign exec 300 /bin/true)"
    echo "$1 open $(/tmp/calls-foreign open 5000 /tmp/calls.py)"
    echo "$1 interpreter $(/tmp/calls-python open 2000 /tmp/calls.py)"
}

enter
unload_module 2>/dev/null
{
    measure absent
    load_module || exit 1
    measure loaded
    start_client --quiet
    measure open
    stop_client
} >/tmp/calls.out
unload_module >/dev/null || exit 1
load_module

echo "kernel $(uname -r), instructions per call (least of many; in brackets the"
echo "mean with all that ran in between: worker, daemon, interrupts)"
awk '
    { least[$1, $2] = $3; mean[$1, $2] = $5 }
    function cell(state, what) {
        return sprintf("%d (%d)", least[state, what], mean[state, what])
    }
    function row(what, name) {
        printf "%-24s %-18s %-18s %-18s %+6.2f %%\n", name,
            cell("absent", what), cell("loaded", what), cell("open", what),
            100 * (least["open", what] / least["absent", what] - 1)
    }
    END {
        printf "%-24s %-18s %-18s %-18s %s\n", "", "module absent",
            "loaded", "gate open", "open/absent"
        row("exec", "vfork+exec+wait")
        row("open", "open+close")
        row("interpreter", "... by an interpreter")
    }' /tmp/calls.out
