# fish completion for xauth

# Prints the command and the operands that are on the command line so far.
function __xauth_words
  set -l tokens (commandline -opc)
  set -e tokens[1]
  set -l words
  set -l valued --account --browser --data --env-file --format --grace --listen --min-validity --on-rotate --only --port --scopes --set --store --timeout --upstream
  while set -q tokens[1]
    set -l token $tokens[1]
    set -e tokens[1]
    if test "$token" = --
      set -a words $tokens
      break
    else if contains -- "$token" $valued
      set -e tokens[1]
    else if not string match -q -- '-?*' "$token"
      set -a words $token
      if test "$words[1]" = exec -a (count $words) -gt 1
        set -a words $tokens
        break
      end
      if test "$words[1]" = proxy -a (count $words) -gt 1
        set -a words $tokens
        break
      end
    end
  end
  set -q words[1]; and printf '%s\n' $words
end

# Whether the command is this one; with a number, whether so many operands precede the cursor.
function __xauth_in
  set -l words (__xauth_words)
  test "$words[1]" = "$argv[1]"; or return 1
  set -q argv[2]; or return 0
  test (count $words) -eq (math $argv[2] + 1)
end

# Whether there is no command yet.
function __xauth_bare
  set -l words (__xauth_words)
  not set -q words[1]
end

# Completes another program's command line: our words but the first one, the command's name.
function __xauth_rest
  set -l words (__xauth_words)
  set -e words[1]
  set -l line (string join ' ' -- (string escape -- $words) (commandline -ct))
  string match -q -- '-*' "$line"; or complete -C "$line"
end

complete -c xauth -e
complete -c xauth -f
complete -c xauth -l env-file -r -F -d 'The file that holds settings and tokens'
complete -c xauth -l json -d 'Print one JSON object, for failures too'
complete -c xauth -l quiet -d 'Print data and failures only, no notes and no warnings'
complete -c xauth -l verbose -d 'Say what is done, without secrets'
complete -c xauth -l no-color -d 'Plain text, as with NO_COLOR'
complete -c xauth -l help -s h -d 'Show help: a screenful with -h, everything with --help'
complete -c xauth -l version -d 'Show the version'

complete -c xauth -n __xauth_bare -a login -d 'log in to X and save the tokens in .env'
complete -c xauth -n '__xauth_in login' -l scopes -x -a '(__fish_append , tweet.read tweet.write tweet.moderate.write users.read follows.read follows.write offline.access space.read mute.read mute.write like.read like.write list.read list.write block.read block.write bookmark.read bookmark.write dm.read dm.write media.write broadcast.read broadcast.write timeline.read users.email ads.read ads.write)' -d 'The scopes to request, with spaces or commas'
complete -c xauth -n '__xauth_in login' -l timeout -x -a '10m 30m 45m 75m 2h' -d 'How long to wait for you to approve'
complete -c xauth -n '__xauth_in login' -l browser -x -a '(__fish_complete_command)' -d 'Open the address with this; %s is the address'
complete -c xauth -n '__xauth_in login' -l no-browser -d 'Only print the address'
complete -c xauth -n '__xauth_in login' -l account -x -d 'Save nothing if another account signs in'
complete -c xauth -n '__xauth_in login' -l paste -d 'Don\'t listen or open a browser; paste the address here'
complete -c xauth -n '__xauth_in login' -l listen -x -d 'Listen here; the redirect URI stays as it is'
complete -c xauth -n '__xauth_in login' -l force -d 'Replace working tokens, or another account\'s, without asking'
complete -c xauth -n '__xauth_in login' -l store -x -d 'Where several machines share the tokens; see \'help fleet\''
complete -c xauth -n '__xauth_in login' -l on-rotate -x -a '(__fish_complete_command)' -d 'Run this (sh -c) after new tokens are saved, with them as dotenv on standard input'
complete -c xauth -n '__xauth_in login' -l allow-rotate -d 'Renew in CI even though nothing stores the new token'

complete -c xauth -n __xauth_bare -a refresh -d 'renew the access token when it is due'
complete -c xauth -n '__xauth_in refresh' -l min-validity -x -a '10m 30m 45m 75m 2h' -d 'Renew when less than this is left'
complete -c xauth -n '__xauth_in refresh' -l force -d 'Renew even if not due'
complete -c xauth -n '__xauth_in refresh' -l store -x -d 'Where several machines share the tokens; see \'help fleet\''
complete -c xauth -n '__xauth_in refresh' -l on-rotate -x -a '(__fish_complete_command)' -d 'Run this (sh -c) after new tokens are saved, with them as dotenv on standard input'
complete -c xauth -n '__xauth_in refresh' -l allow-rotate -d 'Renew in CI even though nothing stores the new token'

complete -c xauth -n __xauth_bare -a token -d 'print a valid access token'
complete -c xauth -n '__xauth_in token' -l min-validity -x -a '10m 30m 45m 75m 2h' -d 'Renew when less than this is left'
complete -c xauth -n '__xauth_in token' -l store -x -d 'Where several machines share the tokens; see \'help fleet\''
complete -c xauth -n '__xauth_in token' -l on-rotate -x -a '(__fish_complete_command)' -d 'Run this (sh -c) after new tokens are saved, with them as dotenv on standard input'
complete -c xauth -n '__xauth_in token' -l allow-rotate -d 'Renew in CI even though nothing stores the new token'

complete -c xauth -n __xauth_bare -a show -d 'show the token\'s state and where settings come from'
complete -c xauth -n '__xauth_in show' -l check -d 'Ask X whether the token works, and whose it is'
complete -c xauth -n '__xauth_in show' -l min-validity -x -a '10m 30m 45m 75m 2h' -d 'For monitors: exit 75 when less than this is left'
complete -c xauth -n '__xauth_in show' -l store -x -d 'Where several machines share the tokens; see \'help fleet\''

complete -c xauth -n __xauth_bare -a revoke -d 'revoke the tokens at X and clear them in the file'
complete -c xauth -n '__xauth_in revoke' -l local -d 'Clear the tokens here, but don\'t revoke them at X'
complete -c xauth -n '__xauth_in revoke' -l store -x -d 'Where several machines share the tokens; see \'help fleet\''

complete -c xauth -n __xauth_bare -a export -d 'print the tokens for another program to read'
complete -c xauth -n '__xauth_in export' -l format -x -a 'dotenv shell json github-env' -d 'How to write them'
complete -c xauth -n '__xauth_in export' -l only -x -a 'CLIENT_ID CLIENT_SECRET X_OAUTH2_ACCESS_TOKEN X_OAUTH2_REFRESH_TOKEN X_OAUTH2_EXPIRES_AT X_OAUTH2_GRANTED_SCOPES' -d 'Export only this value; without it, all that are set'
complete -c xauth -n '__xauth_in export' -l min-validity -x -a '10m 30m 45m 75m 2h' -d 'Renew first when less than this is left'
complete -c xauth -n '__xauth_in export' -l force -d 'Print to a terminal without asking'
complete -c xauth -n '__xauth_in export' -l store -x -d 'Where several machines share the tokens; see \'help fleet\''
complete -c xauth -n '__xauth_in export' -l on-rotate -x -a '(__fish_complete_command)' -d 'Run this (sh -c) after new tokens are saved, with them as dotenv on standard input'
complete -c xauth -n '__xauth_in export' -l allow-rotate -d 'Renew in CI even though nothing stores the new token'

complete -c xauth -n __xauth_bare -a exec -d 'run a command with a valid token in its environment'
complete -c xauth -n '__xauth_in exec 0' -l min-validity -x -a '10m 30m 45m 75m 2h' -d 'Renew when less than this is left'
complete -c xauth -n '__xauth_in exec 0' -l restart -d 'Stay, and restart the command whenever a new token is saved'
complete -c xauth -n '__xauth_in exec 0' -l grace -x -a '10m 30m 45m 75m 2h' -d 'With --restart: how long the command has to stop'
complete -c xauth -n '__xauth_in exec 0' -l no-stdin -d 'With --restart: the command reads from /dev/null'
complete -c xauth -n '__xauth_in exec 0' -l store -x -d 'Where several machines share the tokens; see \'help fleet\''
complete -c xauth -n '__xauth_in exec 0' -l on-rotate -x -a '(__fish_complete_command)' -d 'Run this (sh -c) after new tokens are saved, with them as dotenv on standard input'
complete -c xauth -n '__xauth_in exec 0' -l allow-rotate -d 'Renew in CI even though nothing stores the new token'
complete -c xauth -n '__xauth_in exec' -a '(__xauth_rest)'

complete -c xauth -n __xauth_bare -a header -d 'print the Authorization header for a request'
complete -c xauth -n '__xauth_in header' -l data -x -d 'A field of the form, plain, as in curl\'s --data-urlencode'
complete -c xauth -n '__xauth_in header' -l curl -d 'Print it for curl\'s option -K'
complete -c xauth -n '__xauth_in header' -l store -x -d 'Where several machines share the tokens; see \'help fleet\''
complete -c xauth -n '__xauth_in header' -l on-rotate -x -a '(__fish_complete_command)' -d 'Run this (sh -c) after new tokens are saved, with them as dotenv on standard input'
complete -c xauth -n '__xauth_in header' -l allow-rotate -d 'Renew in CI even though nothing stores the new token'

complete -c xauth -n __xauth_bare -a proxy -d 'serve X\'s API locally, with a valid token in each request'
complete -c xauth -n '__xauth_in proxy 0' -l port -x -d 'Where to listen without a command'
complete -c xauth -n '__xauth_in proxy 0' -l set -x -d 'Another variable that tells the command the address'
complete -c xauth -n '__xauth_in proxy 0' -l upstream -x -d 'Where requests go'
complete -c xauth -n '__xauth_in proxy 0' -l new-secret -d 'Without a command: make a new address'
complete -c xauth -n '__xauth_in proxy 0' -l min-validity -x -a '10m 30m 45m 75m 2h' -d 'Renew when less than this is left'
complete -c xauth -n '__xauth_in proxy 0' -l store -x -d 'Where several machines share the tokens; see \'help fleet\''
complete -c xauth -n '__xauth_in proxy 0' -l on-rotate -x -a '(__fish_complete_command)' -d 'Run this (sh -c) after new tokens are saved, with them as dotenv on standard input'
complete -c xauth -n '__xauth_in proxy 0' -l allow-rotate -d 'Renew in CI even though nothing stores the new token'
complete -c xauth -n '__xauth_in proxy' -a '(__xauth_rest)'

complete -c xauth -n __xauth_bare -a mcp -d 'connect an MCP client to X\'s hosted server'
complete -c xauth -n '__xauth_in mcp' -l min-validity -x -a '10m 30m 45m 75m 2h' -d 'Renew when less than this is left'
complete -c xauth -n '__xauth_in mcp' -l store -x -d 'Where several machines share the tokens; see \'help fleet\''
complete -c xauth -n '__xauth_in mcp' -l on-rotate -x -a '(__fish_complete_command)' -d 'Run this (sh -c) after new tokens are saved, with them as dotenv on standard input'
complete -c xauth -n '__xauth_in mcp' -l allow-rotate -d 'Renew in CI even though nothing stores the new token'

complete -c xauth -n __xauth_bare -a doctor -d 'find problems before they make a login or a refresh fail'
complete -c xauth -n '__xauth_in doctor' -l online -d 'Also check whether X, and what X_OAUTH2_STORE names, can be reached'
complete -c xauth -n '__xauth_in doctor' -l store -x -d 'Where several machines share the tokens; see \'help fleet\''

complete -c xauth -n __xauth_bare -a completion -d 'print a completion script for a shell'
complete -c xauth -n '__xauth_in completion 0' -a 'bash zsh fish'

complete -c xauth -n __xauth_bare -a help -d 'explain a command or a topic'
complete -c xauth -n '__xauth_in help' -l man -d 'Print the manual page instead, or that of the command or topic'
complete -c xauth -n '__xauth_in help 0' -a login -d 'log in to X and save the tokens in .env'
complete -c xauth -n '__xauth_in help 0' -a refresh -d 'renew the access token when it is due'
complete -c xauth -n '__xauth_in help 0' -a token -d 'print a valid access token'
complete -c xauth -n '__xauth_in help 0' -a show -d 'show the token\'s state and where settings come from'
complete -c xauth -n '__xauth_in help 0' -a revoke -d 'revoke the tokens at X and clear them in the file'
complete -c xauth -n '__xauth_in help 0' -a export -d 'print the tokens for another program to read'
complete -c xauth -n '__xauth_in help 0' -a exec -d 'run a command with a valid token in its environment'
complete -c xauth -n '__xauth_in help 0' -a header -d 'print the Authorization header for a request'
complete -c xauth -n '__xauth_in help 0' -a proxy -d 'serve X\'s API locally, with a valid token in each request'
complete -c xauth -n '__xauth_in help 0' -a mcp -d 'connect an MCP client to X\'s hosted server'
complete -c xauth -n '__xauth_in help 0' -a doctor -d 'find problems before they make a login or a refresh fail'
complete -c xauth -n '__xauth_in help 0' -a completion -d 'print a completion script for a shell'
complete -c xauth -n '__xauth_in help 0' -a help -d 'explain a command or a topic'
complete -c xauth -n '__xauth_in help 0' -a version -d 'print the version'
complete -c xauth -n '__xauth_in help 0' -a quickstart -d 'from the developer console to a token that stays alive'
complete -c xauth -n '__xauth_in help 0' -a environment -d 'every setting, and which source wins'
complete -c xauth -n '__xauth_in help 0' -a files -d 'what is written where, and what may be deleted'
complete -c xauth -n '__xauth_in help 0' -a exit-codes -d 'what scripts can tell'
complete -c xauth -n '__xauth_in help 0' -a errors -d 'what the messages mean, and what to do'
complete -c xauth -n '__xauth_in help 0' -a cron -d 'renew by cron or a systemd timer, and restart what reads the token'
complete -c xauth -n '__xauth_in help 0' -a monitoring -d 'be told, once and in time, when a token needs you'
complete -c xauth -n '__xauth_in help 0' -a servers -d 'keep a token alive in MCP servers, MCP clients and bots'
complete -c xauth -n '__xauth_in help 0' -a remote -d 'log in over SSH, in a container, behind a proxy, by host name'
complete -c xauth -n '__xauth_in help 0' -a ci -d 'use the token in CI jobs, or renew it there'
complete -c xauth -n '__xauth_in help 0' -a fleet -d 'use one login on several machines'
complete -c xauth -n '__xauth_in help 0' -a security -d 'what is promised, what can\'t be, and where secrets go'

complete -c xauth -n __xauth_bare -a version -d 'print the version'
