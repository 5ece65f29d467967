#!/bin/sh
# The demo's part inside the guest: programs run as a user would run them,
# then what an administrator sees. Ends with 0 only if the findings are
# exactly those expected.
set -u
cd /root/vm || exit 1
mkdir -p /opt/app /srv/tool && cp triggers/* /opt/app/

say() { printf '\n\033[1m$ %s\033[0m\n' "$*"; }
quiet() { # run a program; its own output is not of interest here
    say "$@"
    "$@" >/dev/null 2>&1
}

echo "--- five ordinary programs ---"
quiet python3 -c 'import json,sys; print(json.dumps({"a": [1, 2, 3]}))'
quiet python3 -m json.tool /usr/share/python3/debian_defaults.json
quiet python3 -m compileall -q /usr/lib/python3/dist-packages
quiet pydoc3 json
cat >/srv/tool/report.py <<'P'
import csv, datetime, os, sys
rows = [(e.name, e.stat().st_size) for e in os.scandir("/usr/bin")]
out = csv.writer(sys.stdout)
out.writerow(("name", "bytes", datetime.date.today().isoformat()))
out.writerows(sorted(rows, key=lambda r: -r[1])[:10])
P
quiet python3 /srv/tool/report.py

echo
echo "--- four programs that look like malware (inert) ---"
quiet python3 /opt/app/updater.py
quiet /opt/app/sync-agent
quiet /opt/app/collect
say "python3 -c 'import socket,subprocess,os;s=socket.socket(...'"
python3 -c "$(cat /opt/app/oneliner.txt)" >/dev/null 2>&1

mpyctl sync --timeout 120 || exit 1
say mpyctl status
mpyctl status || exit 1
say mpyctl findings
mpyctl findings
mpyctl --json findings >/tmp/findings.jsonl || exit 1
id=$(sed -n 's/.*"id": *"\([^"]*\)".*"path": *"\/opt\/app\/updater.py".*/\1/p' \
    /tmp/findings.jsonl | head -n 1)
[ -n "$id" ] || id=$(mpyctl --json findings --limit 1 |
    sed -n 's/.*"id": *"\([^"]*\)".*/\1/p')
say mpyctl show "$id"
mpyctl show "$id"

echo
perl -MJSON::PP -ne '
    my $f = JSON::PP->new->decode($_);
    push @got, ($f->{script}{path} // "-c") . " " . $f->{slug};
    END {
        my @want = ("-c", map { "/opt/app/$_" } qw(collect sync-agent updater.py));
        my $want = join "\n", map { "$_ malicious-python" } sort @want;
        my $got = join "\n", sort @got;
        if ($got eq $want) {
            print "demo: 9 programs ran, exactly the 4 expected findings\n";
            exit 0;
        }
        print "demo: expected\n$want\nfound\n$got\n";
        exit 1;
    }' /tmp/findings.jsonl
