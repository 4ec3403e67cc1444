#!/bin/sh
# Runs a command as on another machine: with none of the files that lie at this one's root, such as
# a container's marks, but MARK if it isn't empty, and with the file ./hosts as /etc/hosts if there
# is one. The rest is this machine's. In a mount namespace of its own:
#
#   unshare -rm /bin/sh elsewhere.sh MARK COMMAND [ARGUMENT…]
set -eu
mark=$1
shift
folder=$PWD
root=$folder/root
mkdir -p "$root"
mount -t tmpfs none "$root"
for entry in /*; do
  if [ -L "$entry" ]; then
    cp -P "$entry" "$root$entry"
  elif [ -d "$entry" ]; then
    mkdir "$root$entry"
    mount --rbind "$entry" "$root$entry"
  fi
done
if [ -n "$mark" ]; then : >"$root$mark"; fi
if [ -f hosts ]; then mount --bind hosts "$root/etc/hosts"; fi
# shellcheck disable=SC2016 # The inner shell's.
exec /usr/sbin/chroot "$root" /bin/sh -c 'cd "$0" && exec "$@"' "$folder" "$@"
