
# Completes `cargo hotmod …` as `cargo-hotmod …`, and everything else of `cargo` as before.
_cargo__hotmod_of_cargo() {
    if [[ $COMP_CWORD -gt 1 && "${COMP_WORDS[1]}" == hotmod ]]; then
        local words=(cargo-hotmod "${COMP_WORDS[@]:2}")
        local COMP_WORDS=("${words[@]}") COMP_CWORD=$((COMP_CWORD - 1))
        _cargo__hotmod cargo-hotmod "$2" "$3"
    elif [[ -n "$_cargo_without_hotmod" ]]; then
        "$_cargo_without_hotmod" "$@"
    fi
}
# bash-completion loads a command's completions on first use: load cargo's now.
complete -p cargo &>/dev/null || _comp_load cargo &>/dev/null ||
    __load_completion cargo &>/dev/null || true
if [[ "$(complete -p cargo 2>/dev/null)" =~ -F\ ([^ ]+) &&
    "${BASH_REMATCH[1]}" != _cargo__hotmod_of_cargo ]]; then
    _cargo_without_hotmod="${BASH_REMATCH[1]}"
fi
complete -o bashdefault -o default -F _cargo__hotmod_of_cargo cargo
