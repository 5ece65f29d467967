#!/bin/sh
# Hostile scripts and arguments: no crash, no hang, right fields.
. /root/vm/lib.sh
mkdir -p /srv/h && cd /srv/h || exit 1
: >empty.py
head -c 300000 /dev/urandom >binary.py
# its digest takes minutes here: with 6.1 alone
case $(uname -r) in 6.1.*) size=1G ;; *) size=64M ;; esac
truncate -s $size big.py
{ cat $VM/triggers/updater.py; echo "# unreadable"; } >unreadable.py
chmod 000 unreadable.py
mkfifo fifo
# Python itself must not use up the guest on the largest one.
for f in empty.py binary.py big.py; do
    timeout 120 prlimit --as=600000000 python3 $f >/dev/null 2>&1
done
runuser -u nobody -- python3 unreadable.py >/dev/null 2>&1
(timeout 20 sh -c 'cat /root/vm/triggers/updater.py >fifo') &
timeout 60 python3 fifo >/dev/null 2>&1
wait

# Deleted while it is read: the script removes itself, then goes on.
{ echo 'import os; os.unlink(__file__)'; cat $VM/triggers/updater.py
  echo "# deleted"; } >gone.py
python3 gone.py >/dev/null 2>&1

# A large script: contents are a prefix, digests are of the whole file.
{ cat $VM/triggers/updater.py
  perl -e 'print "# padding $_\n" for 1..60000'; } >large.py
python3 large.py >/dev/null 2>&1

# Arguments with newlines, invalid UTF-8, and 100,000 of them.
{ cat $VM/triggers/updater.py; echo "# arguments"; } >args.py
python3 args.py "$(printf 'new\nline')" "$(printf 'bad\377byte')" '' >/dev/null 2>&1
{ cat $VM/triggers/updater.py; echo "# many"; } >many.py
perl -e 'exec "python3", "many.py", map { "a$_" } 1..100000' >/dev/null 2>&1
name=$(printf 'odd\nname\377.py')
{ cat $VM/triggers/updater.py; echo "# odd name"; } >"$name"
python3 "$name" >/dev/null 2>&1

# The process rewrites its own argv.
cat >rewrite.c <<'C'
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		memset(argv[i], 'X', strlen(argv[i]));
	execl("/usr/bin/python3", "kworker/0:1", "/srv/h/renamed.py", NULL);
	return 1;
}
C
{ cat $VM/triggers/updater.py; echo "# renamed"; } >renamed.py
gcc -o rewrite rewrite.c && ./rewrite secret >/dev/null 2>&1

sync_all
findings >/tmp/f
by() { jsonq "((\$_->{script}{path} // '') eq '$1') ? ($2) : ()" </tmp/f; }
d=/srv/h
same "deleted script: found" malicious-python "$(by $d/gone.py '$_->{slug}')"
same "large script: found" malicious-python "$(by $d/large.py '$_->{slug}')"
same "large script: truncated flag" true \
    "$(by $d/large.py '$_->{script}{contents_truncated}')"
same "large script: whole file's digest" \
    "$(sha256sum <large.py | cut -d' ' -f1)" \
    "$(by $d/large.py '$_->{script}{file_sha256}')"
same "large script: size" "$(stat -c %s large.py)" \
    "$(by $d/large.py '$_->{script}{file_size}')"
same "argv with a newline" "$(printf 'new\nline')" \
    "$(by $d/args.py '$_->{process}{argv}[2]')"
same "argv with an invalid byte: exact bytes" "$(printf 'bad\377byte' | base64)" \
    "$(by $d/args.py '$_->{process}{argv_base64}[3]')"
same "empty argument" 5 "$(by $d/args.py 'scalar @{$_->{process}{argv}}')"
same "100,000 arguments: truncated" true \
    "$(by $d/many.py '$_->{process}{argv_truncated}')"
same "100,000 arguments: many kept" 1 \
    "$(by $d/many.py '@{$_->{process}{argv}} > 20000 ? 1 : 0')"
same "odd name: exact bytes" "$(printf '/srv/h/odd\nname\377.py' | base64 -w0)" \
    "$(jsonq '$_->{script}{path_base64} // ()' </tmp/f)"
same "renamed process: argv as given" '["kworker/0:1","/srv/h/renamed.py"]' \
    "$(by $d/renamed.py '$_->{process}{argv}')"
same "empty, binary, $size: no finding" "" \
    "$(by $d/empty.py '$_->{slug}')$(by $d/binary.py '$_->{slug}')$(by $d/big.py '$_->{slug}')"
check "status is healthy" mpyctl status
mpyctl --json status >/tmp/s
same "nothing was lost" 0 "$(jsonq '$_->{events}{lost}' </tmp/s)"
finish
