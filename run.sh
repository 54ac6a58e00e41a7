#!/bin/sh
# run.sh [ARGUMENT...]: installs the missing packages that the build needs, builds the release preset into
# build/release/, and becomes logsniffd with these arguments (`demo` if there are none). Everything except the program's
# own output goes to standard error.
set -eu
here=$(dirname "$(readlink -f "$0")")
build=$here/build/release
[ $# -gt 0 ] || set -- demo

"$here/packaging/install-packages.sh" build </dev/null
"$here/packaging/build.sh" release logsniffd </dev/null >&2

# Capture needs CAP_NET_RAW; reading a file does not, nor does any command that only asks.
needs_capture() {
  case $1 in
    sniff)
      for argument in "$@"; do
        case $argument in -r*|-xr*|--read|--read=*|-h|--help) return 1 ;; esac
      done ;;
    demo|run|-*) [ "$1" != --help ] && [ "$1" != -h ] && [ "$1" != --version ] ;;
    *) return 1 ;;
  esac
}
if [ "$(id -u)" -ne 0 ] && needs_capture "$@" && command -v sudo >/dev/null; then
  echo "capturing needs root: sudo $build/logsniffd $*" >&2
  exec sudo --preserve-env=TZ,NO_COLOR -- "$build/logsniffd" "$@"
fi
exec "$build/logsniffd" "$@"
