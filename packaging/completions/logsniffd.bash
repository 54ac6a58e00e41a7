# bash completion for logsniffd.
_logsniffd() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} words=
  case $previous in
    -i | --interface) words="any $(ls /sys/class/net 2>/dev/null)" ;;
    --direction) words="to from both" ;;
    --framing) words="auto lines nul octet length datagram" ;;
    --decode) words="auto plain syslog json gelf python netconsole" ;;
    --format) words="text json raw" ;;
    -r | --read | --yaml | -o | --output | -c | --config | --expect | --socket)
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      compopt -o filenames
      return ;;
    --filter | --match | --exclude | --count | --duration | --why) return ;;
    *)
      case ${COMP_WORDS[1]} in
        sniff)
          words="--interface --read --filter --direction --framing --decode --match --exclude --format --output
                 --promiscuous --count --duration --hex --stats --help" ;;
        learn) words="--interface --read --duration --yaml --json --help" ;;
        run) words="--config --help" ;;
        check) words="--config --show-bpf --help" ;;
        test) words="--config --expect --update --help"
          if [[ $word != -* ]]; then
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
            compopt -o filenames
            return
          fi ;;
        demo) words="--duration --help" ;;
        interfaces) words="--help" ;;
        status) words="--json --watch --why --socket --help" ;;
        tap) words="--at --hex --dropped --match --format --count --duration --socket --help" ;;
        top) words="--once --socket --help" ;;
        log-level) words="--socket --help"
          [[ $word == -* ]] || words="debug info warning error" ;;
        reload | reopen) words="--socket --help" ;;
        *) words="run sniff learn status tap top reload reopen log-level check test interfaces demo --config --help --version" ;;
      esac ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _logsniffd logsniffd
