#!/bin/sh
# Each way to start a malicious script gives one finding with right fields.
. /root/vm/lib.sh
dir=/srv/forms
mkdir -p $dir/real && cp $VM/triggers/* $dir/ && cd $dir || exit 1
host=$(cat /etc/machine-id)

# One copy per form, each with a text of its own, so that none is merged.
copy() { { cat "$1"; printf '\n# form %s\n' "$2"; } >"$2"; }
copy updater.py plain.py
copy updater.py noending
copy updater.py real/target.py
ln -s real/target.py link.py
copy sync-agent shebang; chmod +x shebang
copy collect envshebang; chmod +x envshebang
mkdir appdir && copy updater.py appdir/__main__.py
mkdir mods && copy updater.py mods/evilmod.py
mkdir z && copy updater.py z/__main__.py &&
    (cd z && perl -e 'exit 0'; python3 -m zipfile -c ../app.pyz __main__.py)
text=$(cat oneliner.txt)

python3 plain.py >/dev/null 2>&1
python3 -B -u $dir/noending one 'two words' >/dev/null 2>&1
python3 link.py >/dev/null 2>&1
./shebang >/dev/null 2>&1
PATH=$dir:$PATH envshebang --flag >/dev/null 2>&1
python3 appdir >/dev/null 2>&1
(cd mods && python3 -m evilmod) >/dev/null 2>&1
python3 app.pyz >/dev/null 2>&1
python3 -c "$text" arg1 >/dev/null 2>&1
python3 -Bc "$text;x=1" >/dev/null 2>&1
sync_all
findings >/tmp/f || not_ok "findings readable"
of() { # PERL CONDITION, EXPRESSION
    jsonq "($1) ? ($2) : ()" </tmp/f
}
by() { of "(\$_->{script}{path} // '') eq '$1'" "$2"; }

for path in plain.py noending real/target.py shebang envshebang \
    appdir/__main__.py mods/evilmod.py; do
    same "one finding: $path" malicious-python "$(by "$dir/$path" '$_->{slug}')"
    same "contents: $path" "$(sha256sum <"$dir/$path" | cut -d' ' -f1)" \
        "$(by "$dir/$path" '$_->{script}{sha256}')"
    same "whole file: $path" "$(sha256sum <"$dir/$path" | cut -d' ' -f1)" \
        "$(by "$dir/$path" '$_->{script}{file_sha256}')"
done
same "zipapp is found" malicious-python "$(by "$dir/app.pyz" '$_->{slug}')"
same "two -c findings" 2 "$(of '!defined $_->{script}{path}' 1 | wc -l)"
c='!defined $_->{script}{path} && $_->{process}{argv}[1] eq "-c"'
same "-c contents are the argument" "$text" "$(of "$c" '$_->{script}{contents}')"
same "-c sight" argv "$(of "$c" '$_->{script}{sight}')"
same "-c argv" "arg1" "$(of "$c" '$_->{process}{argv}[3]')"
same "symbolic link kept as link" "$dir/link.py" \
    "$(by $dir/real/target.py '$_->{script}{link}')"
same "argv" '["python3","-B","-u","/srv/forms/noending","one","two words"]' \
    "$(by $dir/noending '$_->{process}{argv}')"
same "binary path" "$(readlink -f /usr/bin/python3)" \
    "$(by $dir/plain.py '$_->{binary}{path}')"
same "binary digest" \
    "$(sha256sum <"$(readlink -f /usr/bin/python3)" | cut -d' ' -f1)" \
    "$(by $dir/plain.py '$_->{binary}{sha256}')"
same "binary link" /usr/bin/python3 "$(by $dir/plain.py '$_->{binary}{link}')"
same "inode" "$(stat -Lc %i /usr/bin/python3)" \
    "$(by $dir/plain.py '$_->{binary}{inode}')"
same "working directory" $dir "$(by $dir/plain.py '$_->{process}{cwd}')"
same "uid" 0 "$(by $dir/plain.py '$_->{process}{uid}')"
same "sight" file "$(by $dir/plain.py '$_->{script}{sight}')"
same "sight of a zip" zip "$(by $dir/app.pyz '$_->{script}{sight}')"
same "category" "Execution: Malicious Python executed" \
    "$(by $dir/plain.py '$_->{category}')"
same "severity" critical "$(by $dir/plain.py '$_->{severity}')"
same "label" malicious "$(by $dir/plain.py '$_->{verdict}{label}')"
same "resource" "//host/$host" "$(by $dir/plain.py '$_->{resource}{name}')"
same "project" "$(hostname)" \
    "$(by $dir/plain.py '$_->{resource}{project_display_name}')"
same "techniques" '["T1059","T1059.006","T1105"]' \
    "$(by $dir/plain.py '$_->{mitre}{techniques}')"
same "virustotal link" \
    "https://www.virustotal.com/gui/file/$(sha256sum <plain.py | cut -d' ' -f1)/detection" \
    "$(by $dir/plain.py '$_->{links}{virustotal}')"
same "reasons are given" 1 \
    "$(by $dir/plain.py '@{$_->{reasons}} > 2 ? 1 : 0')"
same "contributions add up to raw" 1 "$(by $dir/plain.py \
    'do { my $s = 0; $s += $_->{contribution} for @{$_->{reasons}};
     abs($s - $_->{verdict}{raw}) < 1e-6 ? 1 : $s }')"
same "line count" "$(wc -l <plain.py)" \
    "$(by $dir/plain.py '$_->{script}{line_count}')"

# The same again counts up instead of adding a finding.
before=$(wc -l </tmp/f)
python3 plain.py >/dev/null 2>&1
sync_all
findings >/tmp/f
same "no new finding for the same content" "$before" "$(wc -l </tmp/f)"
same "occurrences" 2 "$(by $dir/plain.py '$_->{occurrences}')"

id=$(by $dir/plain.py '$_->{id}')
check "show text" mpyctl show "$id"
check "show json" mpyctl show "$id" --format json
check "show scc" mpyctl show "$id" --format scc
same "scc category" "Execution: Malicious Python executed" \
    "$(mpyctl show "$id" --format scc | tr -d '\n' |
        jsonq '$_->{finding}{category}')"
finish
