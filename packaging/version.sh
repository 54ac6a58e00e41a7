#!/bin/sh
# version.sh: the version of the program. CMakeLists.txt is its only source.
set -eu
sed -n 's/^project(logsniffd VERSION \([0-9.]*\) .*/\1/p' "$(dirname "$0")/../CMakeLists.txt" | grep .
