#compdef xauth
# zsh completion for xauth

_xauth() {
  local curcontext="$curcontext" state state_descr line ret=1
  typeset -A opt_args
  _arguments -C -S \
    '(--env-file)--env-file=[The file that holds settings and tokens]:PATH:_files' \
    '(--json)--json[Print one JSON object, for failures too]' \
    '(--quiet)--quiet[Print data and failures only, no notes and no warnings]' \
    '(--verbose)--verbose[Say what is done, without secrets]' \
    '(--no-color)--no-color[Plain text, as with NO_COLOR]' \
    '(-h --help)-h[Show help\: a screenful with -h, everything with --help]' \
    '(-h --help)--help[Show help\: a screenful with -h, everything with --help]' \
    '(--version)--version[Show the version]' \
    '(-)1:command:_xauth_commands' \
    '(-)*:: :->operands' && ret=0
  [[ $state == operands ]] || return ret
  curcontext="${curcontext%:*:*}:xauth-$line[1]:"
  case $line[1] in
    login)
      _arguments -S \
        '(--scopes)--scopes=[The scopes to request, with spaces or commas]:LIST:_values -s , word tweet.read tweet.write tweet.moderate.write users.read follows.read follows.write offline.access space.read mute.read mute.write like.read like.write list.read list.write block.read block.write bookmark.read bookmark.write dm.read dm.write media.write broadcast.read broadcast.write timeline.read users.email ads.read ads.write' \
        '(--timeout)--timeout=[How long to wait for you to approve]:DURATION:(10m 30m 45m 75m 2h)' \
        '(--browser)--browser=[Open the address with this; %s is the address]:COMMAND:_command_names -e' \
        '(--no-browser)--no-browser[Only print the address]' \
        '(--account)--account=[Save nothing if another account signs in]:NAME: ' \
        '(--paste)--paste[Don'\''t listen or open a browser; paste the address here]' \
        '(--listen)--listen=[Listen here; the redirect URI stays as it is]:ADDRESS: ' \
        '(--force)--force[Replace working tokens, or another account'\''s, without asking]' \
        '(--store)--store=[Where several machines share the tokens; see '\''help fleet'\'']:PLACE: ' \
        '(--on-rotate)--on-rotate=[Run this (sh -c) after new tokens are saved, with them as dotenv on standard input]:COMMAND:_command_names -e' \
        '(--allow-rotate)--allow-rotate[Renew in CI even though nothing stores the new token]' \
        '(--env-file)--env-file=[The file that holds settings and tokens]:PATH:_files' \
        '(--json)--json[Print one JSON object, for failures too]' \
        '(--quiet)--quiet[Print data and failures only, no notes and no warnings]' \
        '(--verbose)--verbose[Say what is done, without secrets]' \
        '(--no-color)--no-color[Plain text, as with NO_COLOR]' \
        '(-h --help)-h[Show help\: a screenful with -h, everything with --help]' \
        '(-h --help)--help[Show help\: a screenful with -h, everything with --help]' \
        '(--version)--version[Show the version]' \
        && ret=0
      ;;
    refresh)
      _arguments -S \
        '(--min-validity)--min-validity=[Renew when less than this is left]:DURATION:(10m 30m 45m 75m 2h)' \
        '(--force)--force[Renew even if not due]' \
        '(--store)--store=[Where several machines share the tokens; see '\''help fleet'\'']:PLACE: ' \
        '(--on-rotate)--on-rotate=[Run this (sh -c) after new tokens are saved, with them as dotenv on standard input]:COMMAND:_command_names -e' \
        '(--allow-rotate)--allow-rotate[Renew in CI even though nothing stores the new token]' \
        '(--env-file)--env-file=[The file that holds settings and tokens]:PATH:_files' \
        '(--json)--json[Print one JSON object, for failures too]' \
        '(--quiet)--quiet[Print data and failures only, no notes and no warnings]' \
        '(--verbose)--verbose[Say what is done, without secrets]' \
        '(--no-color)--no-color[Plain text, as with NO_COLOR]' \
        '(-h --help)-h[Show help\: a screenful with -h, everything with --help]' \
        '(-h --help)--help[Show help\: a screenful with -h, everything with --help]' \
        '(--version)--version[Show the version]' \
        && ret=0
      ;;
    token)
      _arguments -S \
        '(--min-validity)--min-validity=[Renew when less than this is left]:DURATION:(10m 30m 45m 75m 2h)' \
        '(--store)--store=[Where several machines share the tokens; see '\''help fleet'\'']:PLACE: ' \
        '(--on-rotate)--on-rotate=[Run this (sh -c) after new tokens are saved, with them as dotenv on standard input]:COMMAND:_command_names -e' \
        '(--allow-rotate)--allow-rotate[Renew in CI even though nothing stores the new token]' \
        '(--env-file)--env-file=[The file that holds settings and tokens]:PATH:_files' \
        '(--json)--json[Print one JSON object, for failures too]' \
        '(--quiet)--quiet[Print data and failures only, no notes and no warnings]' \
        '(--verbose)--verbose[Say what is done, without secrets]' \
        '(--no-color)--no-color[Plain text, as with NO_COLOR]' \
        '(-h --help)-h[Show help\: a screenful with -h, everything with --help]' \
        '(-h --help)--help[Show help\: a screenful with -h, everything with --help]' \
        '(--version)--version[Show the version]' \
        && ret=0
      ;;
    show)
      _arguments -S \
        '(--check)--check[Ask X whether the token works, and whose it is]' \
        '(--min-validity)--min-validity=[For monitors\: exit 75 when less than this is left]:DURATION:(10m 30m 45m 75m 2h)' \
        '(--store)--store=[Where several machines share the tokens; see '\''help fleet'\'']:PLACE: ' \
        '(--env-file)--env-file=[The file that holds settings and tokens]:PATH:_files' \
        '(--json)--json[Print one JSON object, for failures too]' \
        '(--quiet)--quiet[Print data and failures only, no notes and no warnings]' \
        '(--verbose)--verbose[Say what is done, without secrets]' \
        '(--no-color)--no-color[Plain text, as with NO_COLOR]' \
        '(-h --help)-h[Show help\: a screenful with -h, everything with --help]' \
        '(-h --help)--help[Show help\: a screenful with -h, everything with --help]' \
        '(--version)--version[Show the version]' \
        && ret=0
      ;;
    revoke)
      _arguments -S \
        '(--local)--local[Clear the tokens here, but don'\''t revoke them at X]' \
        '(--store)--store=[Where several machines share the tokens; see '\''help fleet'\'']:PLACE: ' \
        '(--env-file)--env-file=[The file that holds settings and tokens]:PATH:_files' \
        '(--json)--json[Print one JSON object, for failures too]' \
        '(--quiet)--quiet[Print data and failures only, no notes and no warnings]' \
        '(--verbose)--verbose[Say what is done, without secrets]' \
        '(--no-color)--no-color[Plain text, as with NO_COLOR]' \
        '(-h --help)-h[Show help\: a screenful with -h, everything with --help]' \
        '(-h --help)--help[Show help\: a screenful with -h, everything with --help]' \
        '(--version)--version[Show the version]' \
        && ret=0
      ;;
    export)
      _arguments -S \
        '(--format)--format=[How to write them]:FORMAT:(dotenv shell json github-env)' \
        '*--only=[Export only this value; without it, all that are set]:KEY:(CLIENT_ID CLIENT_SECRET X_OAUTH2_ACCESS_TOKEN X_OAUTH2_REFRESH_TOKEN X_OAUTH2_EXPIRES_AT X_OAUTH2_GRANTED_SCOPES)' \
        '(--min-validity)--min-validity=[Renew first when less than this is left]:DURATION:(10m 30m 45m 75m 2h)' \
        '(--force)--force[Print to a terminal without asking]' \
        '(--store)--store=[Where several machines share the tokens; see '\''help fleet'\'']:PLACE: ' \
        '(--on-rotate)--on-rotate=[Run this (sh -c) after new tokens are saved, with them as dotenv on standard input]:COMMAND:_command_names -e' \
        '(--allow-rotate)--allow-rotate[Renew in CI even though nothing stores the new token]' \
        '(--env-file)--env-file=[The file that holds settings and tokens]:PATH:_files' \
        '(--json)--json[Print one JSON object, for failures too]' \
        '(--quiet)--quiet[Print data and failures only, no notes and no warnings]' \
        '(--verbose)--verbose[Say what is done, without secrets]' \
        '(--no-color)--no-color[Plain text, as with NO_COLOR]' \
        '(-h --help)-h[Show help\: a screenful with -h, everything with --help]' \
        '(-h --help)--help[Show help\: a screenful with -h, everything with --help]' \
        '(--version)--version[Show the version]' \
        && ret=0
      ;;
    exec)
      _arguments -S \
        '(--min-validity)--min-validity=[Renew when less than this is left]:DURATION:(10m 30m 45m 75m 2h)' \
        '(--restart)--restart[Stay, and restart the command whenever a new token is saved]' \
        '(--grace)--grace=[With --restart\: how long the command has to stop]:DURATION:(10m 30m 45m 75m 2h)' \
        '(--no-stdin)--no-stdin[With --restart\: the command reads from /dev/null]' \
        '(--store)--store=[Where several machines share the tokens; see '\''help fleet'\'']:PLACE: ' \
        '(--on-rotate)--on-rotate=[Run this (sh -c) after new tokens are saved, with them as dotenv on standard input]:COMMAND:_command_names -e' \
        '(--allow-rotate)--allow-rotate[Renew in CI even though nothing stores the new token]' \
        '(--env-file)--env-file=[The file that holds settings and tokens]:PATH:_files' \
        '(--json)--json[Print one JSON object, for failures too]' \
        '(--quiet)--quiet[Print data and failures only, no notes and no warnings]' \
        '(--verbose)--verbose[Say what is done, without secrets]' \
        '(--no-color)--no-color[Plain text, as with NO_COLOR]' \
        '(-h --help)-h[Show help\: a screenful with -h, everything with --help]' \
        '(-h --help)--help[Show help\: a screenful with -h, everything with --help]' \
        '(--version)--version[Show the version]' \
        '(-)1:COMMAND:_command_names -e' \
        '*::COMMAND:_normal' \
        && ret=0
      ;;
    header)
      _arguments -S \
        '*--data=[A field of the form, plain, as in curl'\''s --data-urlencode]:NAME=VALUE: ' \
        '(--curl)--curl[Print it for curl'\''s option -K]' \
        '(--store)--store=[Where several machines share the tokens; see '\''help fleet'\'']:PLACE: ' \
        '(--on-rotate)--on-rotate=[Run this (sh -c) after new tokens are saved, with them as dotenv on standard input]:COMMAND:_command_names -e' \
        '(--allow-rotate)--allow-rotate[Renew in CI even though nothing stores the new token]' \
        '(--env-file)--env-file=[The file that holds settings and tokens]:PATH:_files' \
        '(--json)--json[Print one JSON object, for failures too]' \
        '(--quiet)--quiet[Print data and failures only, no notes and no warnings]' \
        '(--verbose)--verbose[Say what is done, without secrets]' \
        '(--no-color)--no-color[Plain text, as with NO_COLOR]' \
        '(-h --help)-h[Show help\: a screenful with -h, everything with --help]' \
        '(-h --help)--help[Show help\: a screenful with -h, everything with --help]' \
        '(--version)--version[Show the version]' \
        '1:METHOD: ' \
        '2:URL: ' \
        && ret=0
      ;;
    proxy)
      _arguments -S \
        '(--port)--port=[Where to listen without a command]:PORT: ' \
        '*--set=[Another variable that tells the command the address]:NAME: ' \
        '(--upstream)--upstream=[Where requests go]:URL: ' \
        '(--new-secret)--new-secret[Without a command\: make a new address]' \
        '(--min-validity)--min-validity=[Renew when less than this is left]:DURATION:(10m 30m 45m 75m 2h)' \
        '(--store)--store=[Where several machines share the tokens; see '\''help fleet'\'']:PLACE: ' \
        '(--on-rotate)--on-rotate=[Run this (sh -c) after new tokens are saved, with them as dotenv on standard input]:COMMAND:_command_names -e' \
        '(--allow-rotate)--allow-rotate[Renew in CI even though nothing stores the new token]' \
        '(--env-file)--env-file=[The file that holds settings and tokens]:PATH:_files' \
        '(--json)--json[Print one JSON object, for failures too]' \
        '(--quiet)--quiet[Print data and failures only, no notes and no warnings]' \
        '(--verbose)--verbose[Say what is done, without secrets]' \
        '(--no-color)--no-color[Plain text, as with NO_COLOR]' \
        '(-h --help)-h[Show help\: a screenful with -h, everything with --help]' \
        '(-h --help)--help[Show help\: a screenful with -h, everything with --help]' \
        '(--version)--version[Show the version]' \
        '(-)1:COMMAND:_command_names -e' \
        '*::COMMAND:_normal' \
        && ret=0
      ;;
    mcp)
      _arguments -S \
        '(--min-validity)--min-validity=[Renew when less than this is left]:DURATION:(10m 30m 45m 75m 2h)' \
        '(--store)--store=[Where several machines share the tokens; see '\''help fleet'\'']:PLACE: ' \
        '(--on-rotate)--on-rotate=[Run this (sh -c) after new tokens are saved, with them as dotenv on standard input]:COMMAND:_command_names -e' \
        '(--allow-rotate)--allow-rotate[Renew in CI even though nothing stores the new token]' \
        '(--env-file)--env-file=[The file that holds settings and tokens]:PATH:_files' \
        '(--json)--json[Print one JSON object, for failures too]' \
        '(--quiet)--quiet[Print data and failures only, no notes and no warnings]' \
        '(--verbose)--verbose[Say what is done, without secrets]' \
        '(--no-color)--no-color[Plain text, as with NO_COLOR]' \
        '(-h --help)-h[Show help\: a screenful with -h, everything with --help]' \
        '(-h --help)--help[Show help\: a screenful with -h, everything with --help]' \
        '(--version)--version[Show the version]' \
        '1:URL: ' \
        && ret=0
      ;;
    doctor)
      _arguments -S \
        '(--online)--online[Also check whether X, and what X_OAUTH2_STORE names, can be reached]' \
        '(--store)--store=[Where several machines share the tokens; see '\''help fleet'\'']:PLACE: ' \
        '(--env-file)--env-file=[The file that holds settings and tokens]:PATH:_files' \
        '(--json)--json[Print one JSON object, for failures too]' \
        '(--quiet)--quiet[Print data and failures only, no notes and no warnings]' \
        '(--verbose)--verbose[Say what is done, without secrets]' \
        '(--no-color)--no-color[Plain text, as with NO_COLOR]' \
        '(-h --help)-h[Show help\: a screenful with -h, everything with --help]' \
        '(-h --help)--help[Show help\: a screenful with -h, everything with --help]' \
        '(--version)--version[Show the version]' \
        && ret=0
      ;;
    completion)
      _arguments -S \
        '(--env-file)--env-file=[The file that holds settings and tokens]:PATH:_files' \
        '(--json)--json[Print one JSON object, for failures too]' \
        '(--quiet)--quiet[Print data and failures only, no notes and no warnings]' \
        '(--verbose)--verbose[Say what is done, without secrets]' \
        '(--no-color)--no-color[Plain text, as with NO_COLOR]' \
        '(-h --help)-h[Show help\: a screenful with -h, everything with --help]' \
        '(-h --help)--help[Show help\: a screenful with -h, everything with --help]' \
        '(--version)--version[Show the version]' \
        '1:SHELL:(bash zsh fish)' \
        && ret=0
      ;;
    help)
      _arguments -S \
        '(--man)--man[Print the manual page instead, or that of the command or topic]' \
        '(--env-file)--env-file=[The file that holds settings and tokens]:PATH:_files' \
        '(--json)--json[Print one JSON object, for failures too]' \
        '(--quiet)--quiet[Print data and failures only, no notes and no warnings]' \
        '(--verbose)--verbose[Say what is done, without secrets]' \
        '(--no-color)--no-color[Plain text, as with NO_COLOR]' \
        '(-h --help)-h[Show help\: a screenful with -h, everything with --help]' \
        '(-h --help)--help[Show help\: a screenful with -h, everything with --help]' \
        '(--version)--version[Show the version]' \
        '1:NAME:_xauth_subjects' \
        && ret=0
      ;;
    version)
      _arguments -S \
        '(--env-file)--env-file=[The file that holds settings and tokens]:PATH:_files' \
        '(--json)--json[Print one JSON object, for failures too]' \
        '(--quiet)--quiet[Print data and failures only, no notes and no warnings]' \
        '(--verbose)--verbose[Say what is done, without secrets]' \
        '(--no-color)--no-color[Plain text, as with NO_COLOR]' \
        '(-h --help)-h[Show help\: a screenful with -h, everything with --help]' \
        '(-h --help)--help[Show help\: a screenful with -h, everything with --help]' \
        '(--version)--version[Show the version]' \
        && ret=0
      ;;
  esac
  return ret
}

_xauth_commands() {
  local -a entries
  entries=(
    'login:log in to X and save the tokens in .env'
    'refresh:renew the access token when it is due'
    'token:print a valid access token'
    'show:show the token'\''s state and where settings come from'
    'revoke:revoke the tokens at X and clear them in the file'
    'export:print the tokens for another program to read'
    'exec:run a command with a valid token in its environment'
    'header:print the Authorization header for a request'
    'proxy:serve X'\''s API locally, with a valid token in each request'
    'mcp:connect an MCP client to X'\''s hosted server'
    'doctor:find problems before they make a login or a refresh fail'
    'completion:print a completion script for a shell'
    'help:explain a command or a topic'
    'version:print the version'
  )
  _describe commands entries
}

_xauth_subjects() {
  local -a entries
  entries=(
    'login:log in to X and save the tokens in .env'
    'refresh:renew the access token when it is due'
    'token:print a valid access token'
    'show:show the token'\''s state and where settings come from'
    'revoke:revoke the tokens at X and clear them in the file'
    'export:print the tokens for another program to read'
    'exec:run a command with a valid token in its environment'
    'header:print the Authorization header for a request'
    'proxy:serve X'\''s API locally, with a valid token in each request'
    'mcp:connect an MCP client to X'\''s hosted server'
    'doctor:find problems before they make a login or a refresh fail'
    'completion:print a completion script for a shell'
    'help:explain a command or a topic'
    'version:print the version'
    'quickstart:from the developer console to a token that stays alive'
    'environment:every setting, and which source wins'
    'files:what is written where, and what may be deleted'
    'exit-codes:what scripts can tell'
    'errors:what the messages mean, and what to do'
    'cron:renew by cron or a systemd timer, and restart what reads the token'
    'monitoring:be told, once and in time, when a token needs you'
    'servers:keep a token alive in MCP servers, MCP clients and bots'
    'remote:log in over SSH, in a container, behind a proxy, by host name'
    'ci:use the token in CI jobs, or renew it there'
    'fleet:use one login on several machines'
    'security:what is promised, what can'\''t be, and where secrets go'
  )
  _describe subjects entries
}

# From a folder of fpath, under whatever file name, it is called at once; sourced, it registers.
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _xauth "$@"
else
  compdef _xauth xauth
fi
