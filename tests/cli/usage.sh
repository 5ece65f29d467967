#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mpyctl's command line: help, options, exit status 2.
# shellcheck source=tests/cli/lib.bash
. "$(dirname "$0")/lib.bash" || exit 1

help_lists_every_command() {
    run --help && code_is 0 && silent err || return
    for command in status findings show scan explain watch sync; do
        says out "  $command" || return
        "$ctl" "$command" --help | grep -q "usage: mpyctl $command" || return
        "$ctl" --help "$command" | grep -q "usage: mpyctl $command" || return
    done
}

help_fits_80_columns() {
    local command
    for command in '' status findings show scan explain watch sync; do
        "$ctl" $command --help | awk 'length > 80 { print; bad = 1 }
            END { exit bad }' || return
    done
}

version_is_that_of_dkms_conf() {
    local version
    version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$here/../../dkms.conf")
    run --version && code_is 0 && says out "mpyctl $version"
}

refused() { # ARGS...: usage error with a sentence, nothing on stdout
    run "$@"
    code_is 2 && silent out && says err "mpyctl: "
}

wrong_usage_is_2() {
    refused nonsense && refused --nonsense && refused -x &&
        refused scan && refused show && refused show a b &&
        refused explain && refused status extra && refused sync extra &&
        refused scan --limit 1 x && refused findings --since && refused --db &&
        refused findings --json=yes && refused sca x && refused --al scan x
}

wrong_values_are_2() {
    refused findings --since yesterday && refused findings --until 5 &&
        refused findings --limit 0 && refused findings --limit -1 &&
        refused findings --limit 1x && refused findings --severity big &&
        refused show abcdefgh --format xml &&
        refused show abcdefgh --format text --json && refused sync --timeout soon &&
        refused sync --timeout -1 && refused scan --threshold 2 x &&
        refused scan --threshold high x && refused scan --threshold= x
}

hostile_arguments_are_escaped() {
    refused $'no\e[31mthing' && says err 'no\x1b[31mthing'
}

options_before_and_after() {
    run --socket "$dir/none" --json status && code_is 3 && silent out || return
    run status --json --socket="$dir/none" && code_is 3 && silent out || return
    run --json --socket "$dir/none" && code_is 3 && says err "$dir/none"
}

two_dashes_end_the_options() {
    run show --db "$dir/none" -- --json && code_is 5 || return
    run show -- && code_is 2
}

try help_lists_every_command
try help_fits_80_columns
try version_is_that_of_dkms_conf
try wrong_usage_is_2
try wrong_values_are_2
try hostile_arguments_are_escaped
try options_before_and_after
try two_dashes_end_the_options
exit $status
