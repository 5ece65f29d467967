# Shared by the cases: `. ./vm/lib.sh` from /root, or by path.
# Each check prints one line "ok NAME" or "not ok NAME"; a case ends with
# `finish`, which exits 0 only if all held.
failures=0
VM=/root/vm

ok() { echo "ok $*"; }
not_ok() {
    echo "not ok $*"
    failures=$((failures + 1))
}

check() { # NAME COMMAND...: the command must succeed
    check_name=$1
    shift
    if "$@" >/tmp/check.out 2>&1; then
        ok "$check_name"
    else
        sed 's/^/# /' /tmp/check.out | head -n 20
        not_ok "$check_name"
    fi
}

same() { # NAME EXPECTED ACTUAL
    if [ "$2" = "$3" ]; then
        ok "$1"
    else
        printf '# expected: %s\n# found:    %s\n' "$2" "$3"
        not_ok "$1"
    fi
}

finish() { [ "$failures" -eq 0 ]; exit $?; }

sync_all() { mpyctl sync --timeout 300 || not_ok "sync"; }

# jsonq EXPR: for each JSON line of stdin, with the object in $_, prints what
# the Perl expression gives (nothing for undef).
jsonq() {
    perl -MJSON::PP -ne 'BEGIN { our $J = JSON::PP->new->allow_nonref;
            $E = shift @ARGV }
        next unless /\S/; our $_o = $J->decode($_); local $_ = $_o;
        my @r = eval $E; die $@ if $@;
        for my $v (grep { defined } @r) {
            print ref($v) && ref($v) !~ /Boolean/ ? $J->canonical->encode($v)
                : JSON::PP::is_bool($v) ? ($v ? "true" : "false") : $v, "\n" }' \
        "$1"
}

# findings_of PATTERN: JSON lines of findings whose script path or argv match.
findings() { mpyctl --json findings "$@"; }
