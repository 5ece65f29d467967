#!/bin/sh
# Data is not code: reading a malicious file gives no finding.
. /root/vm/lib.sh
cp $VM/triggers/updater.py /srv/sample.py
cp $VM/triggers/updater.py /srv/sample.txt
cat >/srv/reader.py <<'P'
import sys
print(len(open(sys.argv[1], "rb").read()))
P
python3 /srv/reader.py /srv/sample.txt >/dev/null
python3 /srv/reader.py /srv/sample.py >/dev/null
python3 -c 'print(len(open("/srv/sample.py").read()))' >/dev/null
python3 -m py_compile /srv/sample.py
python3 -m tokenize /srv/sample.py >/dev/null
cat /srv/sample.py | python3 -c 'import sys; print(len(sys.stdin.read()))' >/dev/null
cp /srv/sample.py /srv/copy.py
sync_all
same "no finding" "" "$(findings)"
mpyctl --json findings --observations >/tmp/o
same "an opened .py is an observation at most" 1 \
    "$(jsonq '($_->{script}{path} // "") eq "/srv/sample.py" ? 1 : ()' </tmp/o | head -n 1)"
finish
