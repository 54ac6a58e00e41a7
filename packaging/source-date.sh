#!/bin/sh
# source-date.sh: the time of the source in seconds since 1970: SOURCE_DATE_EPOCH if that is set, otherwise the time of the
# last commit or, without git, that of CHANGELOG.md.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
  echo "$SOURCE_DATE_EPOCH"
elif [ -e .git ]; then
  git -c safe.directory='*' log -1 --format=%ct
else
  stat -c %Y CHANGELOG.md
fi
