#!/bin/sh
# Identity of an unprivileged user, children of forks, exec from Python.
. /root/vm/lib.sh
id tester >/dev/null 2>&1 || useradd -m -u 4242 tester
cp $VM/triggers/updater.py /home/tester/job.py
chown tester /home/tester/job.py
runuser -u tester -- sh -c 'cd && python3 job.py' >/dev/null 2>&1
cat >/srv/parent.py <<'P'
import os, sys
os.execv("/usr/bin/python3", ["python3", "/srv/child.py", sys.argv[1]])
P
{ cat $VM/triggers/updater.py; echo "# child"; } >/srv/child.py
python3 /srv/parent.py word >/dev/null 2>&1
sync_all
findings >/tmp/f
by() { jsonq "((\$_->{script}{path} // '') eq '$1') ? ($2) : ()" </tmp/f; }
same "uid of the user" 4242 "$(by /home/tester/job.py '$_->{process}{uid}')"
same "euid of the user" 4242 "$(by /home/tester/job.py '$_->{process}{euid}')"
same "cwd of the user" /home/tester "$(by /home/tester/job.py '$_->{process}{cwd}')"
same "script run by execv" malicious-python "$(by /srv/child.py '$_->{slug}')"
same "argv after execv" '["python3","/srv/child.py","word"]' \
    "$(by /srv/child.py '$_->{process}{argv}')"
same "the starter is no finding" "" "$(by /srv/parent.py '$_->{slug}')"
check "unprivileged users cannot read findings" \
    sh -c '! runuser -u tester -- mpyctl findings'
finish
