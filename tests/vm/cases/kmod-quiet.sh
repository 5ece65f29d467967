#!/bin/sh
# Programs that are not Python cause one question per image and nothing else;
# forks of an interpreter are interpreters; a changed image is asked anew.
. "${VM:-/root/vm}/lib.sh"
. "$VM/kmod/kmod.sh"
enter
cp /bin/cat /tmp/quiet-cat
sleep 3
start_client
for _ in $(seq 30); do /tmp/quiet-cat /etc/passwd >/dev/null; done
perl -e 'for (1..1000) { open(F, "/etc/passwd"); close F }'
stop_client
check_books quiet
same "30 execs of one program: one question" 1 \
    "$(lines '^CLASSIFY .* exe=/tmp/quiet-cat')"
same "no event of it" 0 "$(lines '^\(EXEC\|READ\) .* exe=/tmp/quiet-cat')"
same "no event of perl" 0 "$(lines '^\(EXEC\|READ\) .* exe=.*perl')"
same "no event of the daemon itself" 0 \
    "$(lines '^\(EXEC\|READ\|CLASSIFY\) .*mpy-client')"

# The same path with other content, at once and within the same second.
start_client
cp "$(readlink -f /usr/bin/python3)" /tmp/quiet-cat
/tmp/quiet-cat -c 'first = 1'
cp /bin/cat /tmp/quiet-cat
/tmp/quiet-cat /etc/passwd >/dev/null
cp "$(readlink -f /usr/bin/python3)" /tmp/quiet-cat
/tmp/quiet-cat -c 'second = 1
import os
if not os.fork():
    open("/etc/hosts").close()
    os._exit(0)
os.wait()'
stop_client
check_books changed
same "a young copy of Python is seen each time" 2 \
    "$(lines '^EXEC .* exe=/tmp/quiet-cat')"
parent=$(field tgid '^EXEC .*second')
same "a forked child's opens are seen" "$parent" \
    "$(field ppid '^READ .* path=/etc/hosts')"

# Two tasks that the daemon wants ignored: a Python sleeping, then opening.
python3 -c 'import time; time.sleep(4); open("/etc/shells").close()' &
ignored=$!
start_client --ignore "$ignored"
python3 -c 'open("/etc/services").close()'
wait "$ignored"
stop_client
same "an ignored process is not reported" 0 \
    "$(lines '^READ .* path=/etc/shells')"
same "others are" 1 "$(lines '^READ .* path=/etc/services')"
rm -f /tmp/quiet-cat
finish
