#!/bin/sh
# build-deb.sh [FOLDER]: builds logsniffd_VERSION_ARCHITECTURE.deb, and a package with its debugging symbols, into FOLDER
# (build/deb by default), and prints the name of the first. Installs what the build needs. The checkout itself is not
# built in, and not changed. If nothing has changed since the last time, nothing is built.
#
# The version is that of CMakeLists.txt. The time in the package is SOURCE_DATE_EPOCH if that is set, otherwise the time
# of the last commit or, without git, that of CHANGELOG.md.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
out=${1:-build/deb}
mkdir -p "$out"
out=$(readlink -f "$out")
umask 022
packaging/install-packages.sh build package </dev/null >&2
# Two callers at the same time take turns.
exec 9>"$out/.lock"
flock 9

version=$(packaging/version.sh)
SOURCE_DATE_EPOCH=$(packaging/source-date.sh)
export SOURCE_DATE_EPOCH
package=$out/logsniffd_${version}_$(dpkg --print-architecture).deb
state="$SOURCE_DATE_EPOCH $(packaging/source-files.sh | xargs -0 sha256sum | sha256sum)"
if [ -f "$package" ] && [ "$(cat "$out/source.state" 2>/dev/null)" = "$state" ]; then
  echo "$package"
  exit 0
fi

# Always in the same place, so that ccache knows the paths; see below.
scratch=$out/scratch
rm -rf "$scratch"
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
source=$scratch/logsniffd
mkdir -p "$source"
packaging/source-files.sh >"$scratch/files"
# dpkg lowers later times to SOURCE_DATE_EPOCH, but keeps earlier ones, which tell when the checkout was made.
tar -c --mtime="@$SOURCE_DATE_EPOCH" --null --files-from="$scratch/files" | tar -x -C "$source"
cp -R "$source/packaging/debian" "$source/debian"

maintainer=$(sed -n 's/^Maintainer: //p' packaging/debian/control)
cat >"$source/debian/changelog" <<END
logsniffd ($version) unstable; urgency=medium

  * The changes are listed in /usr/share/doc/logsniffd/CHANGELOG.md.gz.

 -- $maintainer  $(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")
END

# debhelper gives the build a home directory of its own, so ccache must be told where its cache is. It must leave paths as
# they are: with a base directory it compiles ../daemon/x.cpp, which the debugging symbols, and so the build ID, would show.
if [ -z "${CCACHE_DISABLE:-}" ] && command -v ccache >/dev/null; then
  CCACHE_DIR=$(ccache --get-config cache_dir)
  unset CCACHE_NOHASHDIR
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_DIR CCACHE_BASEDIR='' CCACHE_HASHDIR=1
fi
echo "building logsniffd $version; this takes some minutes" >&2
log=$out/build.log
(cd "$source" && LC_ALL=C.UTF-8 dpkg-buildpackage -us -uc -b) </dev/null >"$log" 2>&1 9>&- || { cat "$log" >&2; exit 1; }
rm -f "$out/source.state" "$out"/logsniffd*.deb "$out"/logsniffd_*.changes "$out"/logsniffd_*.buildinfo
mv "$scratch"/logsniffd*.deb "$scratch"/logsniffd_*.changes "$scratch"/logsniffd_*.buildinfo "$out/"
echo "$state" >"$out/source.state"
echo "$package"
