#!/bin/sh
# make-archive.sh [FOLDER]: writes the last commit as logsniffd-VERSION.tar.gz into FOLDER (build/deb by default), and
# prints its name. The same commit always gives the same bytes.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
out=${1:-build/deb}
mkdir -p "$out"
name=logsniffd-$(packaging/version.sh)
git -c safe.directory='*' -c tar.umask=0022 archive --format=tar --prefix="$name/" HEAD >"$out/$name.tar"
gzip -9 -n -f "$out/$name.tar"
echo "$out/$name.tar.gz"
