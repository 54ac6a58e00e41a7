#!/bin/sh
# check-reproducible.sh: makes the release archive and the Debian packages twice, in other folders and with another
# umask, time zone and locale, and compares every byte. All that differs is named, file by file. What dpkg writes about
# the build itself, .buildinfo and .changes, holds its time and is not compared.
#
# The first build uses ccache, as build-deb.sh does, but an empty cache; the second does without. Nothing that the
# environment says about ccache counts. So this takes some minutes.
set -eu
here=$(dirname "$(readlink -f "$0")")
scratch=$(mktemp -d /var/tmp/logsniffd-reproducible.XXXXXX)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
for name in $(env | sed -n 's/^\(CCACHE_[A-Z_]*\)=.*/\1/p') CMAKE_C_COMPILER_LAUNCHER CMAKE_CXX_COMPILER_LAUNCHER; do
  unset "$name"
done

# make FOLDER UMASK ZONE LOCALE: fills it with what a release consists of.
make() (
  umask "$2"
  export TZ="$3" LC_ALL="$4"
  "$here/build-deb.sh" "$1" >/dev/null
  [ ! -e "$here/../.git" ] || "$here/make-archive.sh" "$1" >/dev/null
)
first=$scratch/first
second=$scratch/a-folder-of-another-name
export CCACHE_DIR="$scratch/ccache"
make "$first" 022 UTC C
export CCACHE_DISABLE=1
make "$second" 077 Asia/Kathmandu C.UTF-8

# compare NAME: says whether both builds made the same file of this name and, of a package, which files in it differ.
compare() {
  if cmp "$first/$1" "$second/$1"; then
    echo "$1: equal, $(stat -c %s "$first/$1") bytes"
    return
  fi
  different="$different $1"
  case $1 in
    *.deb)
      if dpkg-deb --raw-extract "$first/$1" "$first/$1.files" && dpkg-deb --raw-extract "$second/$1" "$second/$1.files"; then
        diff --recursive --brief --no-dereference "$first/$1.files" "$second/$1.files" || true
      fi ;;
  esac
}
different=
for name in $(find "$first" "$second" -maxdepth 1 \( -name '*.deb' -o -name '*.tar.gz' \) -printf '%f\n' | sort -u); do
  compare "$name"
done
if [ -n "$different" ]; then
  trap - EXIT
  echo "check-reproducible.sh: these differ:$different; diffoscope shows where, both are kept in $scratch" >&2
  exit 1
fi
