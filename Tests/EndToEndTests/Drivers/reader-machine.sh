#!/bin/sh
# Makes a machine for somebody who follows the README, and becomes COMMAND on it. It is this one, but
# for what the current folder has: `srv`, `opt` and `local-bin` come to what is in /srv, /opt and
# /usr/local/bin, `home` is the user's home, and `hosts` is /etc/hosts. What is written into a LAYER,
# a folder of this machine's, is gone with the machine. In namespaces of its own:
#
#   unshare --mount --net sh reader-machine.sh [LAYER…] -- COMMAND [ARGUMENT…]
set -eu

# A network that nobody else is in: every port is free. Its addresses are for documentation
# (RFC 5737), and of the range that tailnets take.
ip link set lo up
ip address add 192.0.2.1/32 dev lo
ip address add 192.0.2.2/32 dev lo
ip address add 100.64.0.1/32 dev lo
[ "$(id -u)" = 0 ] || echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start

while [ "$1" != -- ]; do
  [ -d layers ] || { mkdir layers && mount -t tmpfs tmpfs layers; }
  mkdir -p "layers$1/upper" "layers$1/work"
  mount -t overlay overlay "$1" \
    -o "lowerdir=$1,upperdir=$PWD/layers$1/upper,workdir=$PWD/layers$1/work"
  shift
done
shift

# The folder $2 in the place of $1, with all that is in $1 by itself.
grow() {
  if [ ! -d "$1" ]; then return; fi
  for entry in "$1"/*; do
    ours=$2/${entry##*/}
    if [ -e "$ours" ] || [ -L "$ours" ]; then continue; fi
    if [ -L "$entry" ]; then
      cp -P "$entry" "$ours"
    elif [ -d "$entry" ]; then
      mkdir "$ours"
      mount --rbind "$entry" "$ours"
    elif [ -f "$entry" ]; then
      : >"$ours"
      mount --bind "$entry" "$ours"
    fi
  done
  mount --rbind "$2" "$1"
}
grow /srv srv
grow /opt opt
if [ -d local-bin ]; then grow /usr/local/bin local-bin; fi

# No X11, and so no other program of our name.
if [ -f /usr/bin/xauth ]; then mount --bind /dev/null /usr/bin/xauth; fi

mount --bind hosts /etc/hosts
awk -F: -v OFS=: -v id="$(id -u)" -v home="$PWD/home" '$3 == id { $6 = home } 1' \
  /etc/passwd >passwd
mount --bind passwd /etc/passwd
exec "$@"
