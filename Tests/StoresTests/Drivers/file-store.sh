# A place in the folder $1, for the tests of stores that are commands.
set -eu
cd "$1" 2>/dev/null || exit 5
exec 9>>lock
flock 9
case $2 in
  get)
    [ -e value ] || exit 3
    cat revision value
    ;;
  swap)
    [ "$3" = "$(cat revision 2>/dev/null || echo -)" ] || exit 4
    cat >value
    echo $(($(cat revision 2>/dev/null || echo 0) + 1)) >new
    mv new revision
    cat revision
    ;;
esac
