# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of mpyctl for bash. scripts/check-docs compares the lists with
# the program's help.

_mpyctl_ids() {
    mpyctl --json findings 2>/dev/null |
        sed -n 's/^{"id":"\([0-9a-z]*\)".*/\1/p'
}

_mpyctl() {
    local cur prev word command='' i
    local commands='status findings show scan explain watch sync'
    local globals='--json --no-color --db --socket --bundle --help --version'
    local -A options=(
        [status]=''
        [findings]='--since --until --severity --category --limit --observations'
        [show]='--format --full'
        [scan]='--all --verbose --threshold'
        [explain]=''
        [watch]=''
        [sync]='--timeout'
    )

    COMPREPLY=()
    cur=${COMP_WORDS[COMP_CWORD]}
    prev=${COMP_WORDS[COMP_CWORD - 1]}
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case $word in
        --db | --socket | --bundle) i=$((i + 1)) ;;
        -*) ;;
        *)
            command=$word
            break
            ;;
        esac
    done

    case $prev in
    --db | --socket | --bundle)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
        ;;
    --severity)
        mapfile -t COMPREPLY < <(
            compgen -W 'low medium high critical' -- "$cur")
        return
        ;;
    --category)
        mapfile -t COMPREPLY < <(compgen -W 'malicious-python' -- "$cur")
        return
        ;;
    --format | -f)
        mapfile -t COMPREPLY < <(compgen -W 'text json scc' -- "$cur")
        return
        ;;
    --since | --until | --limit | -n | --threshold | --timeout | -t)
        return
        ;;
    esac

    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(
            compgen -W "$globals ${command:+${options[$command]-}}" -- "$cur")
    elif [[ -z $command ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$cur")
    elif [[ $command == show ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_mpyctl_ids)" -- "$cur")
    elif [[ $command == scan || $command == explain ]]; then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    fi
}

complete -F _mpyctl mpyctl
