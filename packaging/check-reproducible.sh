#!/bin/sh
# check-reproducible.sh: builds the Debian packages twice, in other folders and with another umask, time zone and
# locale, and compares every byte. The second build does without ccache, so it takes some minutes.
set -eu
here=$(dirname "$(readlink -f "$0")")
scratch=$(mktemp -d /var/tmp/logsniffd-reproducible.XXXXXX)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$scratch/short" "$scratch/a-folder-of-another-name"
(umask 022; TZ=UTC LC_ALL=C TMPDIR=$scratch/short "$here/build-deb.sh" "$scratch/first" >/dev/null)
(umask 077; TZ=Asia/Kathmandu LC_ALL=C.UTF-8 CCACHE_DISABLE=1 TMPDIR="$scratch/a-folder-of-another-name" \
  "$here/build-deb.sh" "$scratch/second" >/dev/null)
for package in "$scratch"/first/*.deb; do
  cmp "$package" "$scratch/second/${package##*/}" || { echo "check-reproducible.sh: the packages differ; diffoscope shows where" >&2; exit 1; }
  echo "${package##*/}: equal, $(stat -c %s "$package") bytes"
done
