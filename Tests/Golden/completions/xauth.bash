# bash completion for xauth

# Adds what compgen finds to the replies; after --name= the words begin with $prefix. The
# names of commands are quoted here, paths by bash itself.
_xauth_reply() {
  local line
  while IFS= read -r line; do
    [[ $1 != -c || $current == */* ]] || printf -v line %q "$line"
    COMPREPLY+=("$prefix$line")
  done < <(compgen "$@" -- "$current")
}

# The same for paths, which bash then quotes; begun within quotes, they are left to bash itself.
_xauth_paths() {
  compopt -o filenames 2>/dev/null
  _xauth_reply "$@"
  [[ ${#COMPREPLY[@]} -gt 0 ]] || compopt -o default 2>/dev/null
}

# The same for the last word of a list with commas.
_xauth_list() {
  local begun=${current%"${current##*,}"}
  prefix+=$begun current=${current#"$begun"}
  compopt -o nospace 2>/dev/null
  _xauth_reply -W "$1"
}

_xauth_commands() {
  [[ $current != */* ]] || compopt -o filenames 2>/dev/null
  _xauth_reply -c
}

_xauth() {
  local current=${COMP_WORDS[COMP_CWORD]} prefix='' command='' option='' ended='' operands=0
  local word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ -n $option ]]; then
      [[ $word == '=' ]] || option=''
      continue
    fi
    if [[ -z $ended ]]; then
      case $word in
        --) ended=yes; continue ;;
        --account | --browser | --data | --env-file | --format | --grace | --listen | --min-validity | --on-rotate | --only | --port | --scopes | --set | --store | --timeout | --upstream) option=$word; continue ;;
        -?*) continue ;;
      esac
    fi
    if [[ -z $command ]]; then command=$word; else operands=$((operands + 1)); fi
    [[ $command != exec || $operands -le 0 ]] || ended=yes
    [[ $command != proxy || $operands -le 0 ]] || ended=yes
  done

  if [[ -n $option ]]; then
    [[ $current != '=' ]] || current=''
  elif [[ -z $ended && $current == --*=* ]]; then
    option=${current%%=*} prefix=${current%%=*}= current=${current#*=}
  fi
  if [[ -n $option ]]; then
    case "$command $option" in
      'login --scopes') _xauth_list 'tweet.read tweet.write tweet.moderate.write users.read follows.read follows.write offline.access space.read mute.read mute.write like.read like.write list.read list.write block.read block.write bookmark.read bookmark.write dm.read dm.write media.write broadcast.read broadcast.write timeline.read users.email ads.read ads.write' ;;
      'login --timeout') _xauth_reply -W '10m 30m 45m 75m 2h' ;;
      'login --browser') _xauth_commands ;;
      'login --account') : ;;
      'login --listen') : ;;
      'login --store') : ;;
      'login --on-rotate') _xauth_commands ;;
      'refresh --min-validity') _xauth_reply -W '10m 30m 45m 75m 2h' ;;
      'refresh --store') : ;;
      'refresh --on-rotate') _xauth_commands ;;
      'token --min-validity') _xauth_reply -W '10m 30m 45m 75m 2h' ;;
      'token --store') : ;;
      'token --on-rotate') _xauth_commands ;;
      'show --min-validity') _xauth_reply -W '10m 30m 45m 75m 2h' ;;
      'show --store') : ;;
      'revoke --store') : ;;
      'export --format') _xauth_reply -W 'dotenv shell json github-env' ;;
      'export --only') _xauth_reply -W 'CLIENT_ID CLIENT_SECRET X_OAUTH2_ACCESS_TOKEN X_OAUTH2_REFRESH_TOKEN X_OAUTH2_EXPIRES_AT X_OAUTH2_GRANTED_SCOPES' ;;
      'export --min-validity') _xauth_reply -W '10m 30m 45m 75m 2h' ;;
      'export --store') : ;;
      'export --on-rotate') _xauth_commands ;;
      'exec --min-validity') _xauth_reply -W '10m 30m 45m 75m 2h' ;;
      'exec --grace') _xauth_reply -W '10m 30m 45m 75m 2h' ;;
      'exec --store') : ;;
      'exec --on-rotate') _xauth_commands ;;
      'header --data') : ;;
      'header --store') : ;;
      'header --on-rotate') _xauth_commands ;;
      'proxy --port') : ;;
      'proxy --set') : ;;
      'proxy --upstream') : ;;
      'proxy --min-validity') _xauth_reply -W '10m 30m 45m 75m 2h' ;;
      'proxy --store') : ;;
      'proxy --on-rotate') _xauth_commands ;;
      'mcp --min-validity') _xauth_reply -W '10m 30m 45m 75m 2h' ;;
      'mcp --store') : ;;
      'mcp --on-rotate') _xauth_commands ;;
      'doctor --store') : ;;
      *' --env-file') _xauth_paths -f ;;
    esac
  elif [[ -z $ended && $current == -* ]]; then
    case $command in
      login) _xauth_reply -W '--scopes --timeout --browser --no-browser --account --paste --listen --force --store --on-rotate --allow-rotate --env-file --json --quiet --verbose --no-color -h --help --version' ;;
      refresh) _xauth_reply -W '--min-validity --force --store --on-rotate --allow-rotate --env-file --json --quiet --verbose --no-color -h --help --version' ;;
      token) _xauth_reply -W '--min-validity --store --on-rotate --allow-rotate --env-file --json --quiet --verbose --no-color -h --help --version' ;;
      show) _xauth_reply -W '--check --min-validity --store --env-file --json --quiet --verbose --no-color -h --help --version' ;;
      revoke) _xauth_reply -W '--local --store --env-file --json --quiet --verbose --no-color -h --help --version' ;;
      export) _xauth_reply -W '--format --only --min-validity --force --store --on-rotate --allow-rotate --env-file --json --quiet --verbose --no-color -h --help --version' ;;
      exec) _xauth_reply -W '--min-validity --restart --grace --no-stdin --store --on-rotate --allow-rotate --env-file --json --quiet --verbose --no-color -h --help --version' ;;
      header) _xauth_reply -W '--data --curl --store --on-rotate --allow-rotate --env-file --json --quiet --verbose --no-color -h --help --version' ;;
      proxy) _xauth_reply -W '--port --set --upstream --new-secret --min-validity --store --on-rotate --allow-rotate --env-file --json --quiet --verbose --no-color -h --help --version' ;;
      mcp) _xauth_reply -W '--min-validity --store --on-rotate --allow-rotate --env-file --json --quiet --verbose --no-color -h --help --version' ;;
      doctor) _xauth_reply -W '--online --store --env-file --json --quiet --verbose --no-color -h --help --version' ;;
      completion) _xauth_reply -W '--env-file --json --quiet --verbose --no-color -h --help --version' ;;
      help) _xauth_reply -W '--man --env-file --json --quiet --verbose --no-color -h --help --version' ;;
      version) _xauth_reply -W '--env-file --json --quiet --verbose --no-color -h --help --version' ;;
      '') _xauth_reply -W '--env-file --json --quiet --verbose --no-color -h --help --version' ;;
    esac
  elif [[ -z $command ]]; then
    _xauth_reply -W 'login refresh token show revoke export exec header proxy mcp doctor completion help version'
  else
    case "$command $operands" in
      'exec 0') _xauth_commands ;;
      'exec '*) _xauth_paths -f ;;
      'header 0') : ;;
      'header 1') : ;;
      'proxy 0') _xauth_commands ;;
      'proxy '*) _xauth_paths -f ;;
      'mcp 0') : ;;
      'completion 0') _xauth_reply -W 'bash zsh fish' ;;
      'help 0') _xauth_reply -W 'login refresh token show revoke export exec header proxy mcp doctor completion help version quickstart environment files exit-codes errors cron monitoring servers remote ci fleet security' ;;
    esac
  fi
}

complete -F _xauth -- xauth
