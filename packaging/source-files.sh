#!/bin/sh
# source-files.sh: the files of the source, each ended by NUL: those that git tracks or, without git, those outside build/.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
# Somebody else may own the checkout, for example if root runs the tests of a user.
if [ -e .git ]; then
  git -c safe.directory='*' ls-files -z
else
  find . -path ./build -prune -o -name __pycache__ -prune -o ! -type d -printf '%P\0' | LC_ALL=C sort -z
fi
