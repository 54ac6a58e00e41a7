#!/bin/bash
# clean_root.sh [FOLDER]: what a newcomer with a fresh Debian 12 sees. Makes a minimal root (debootstrap, with the apt
# configuration and the certificate authorities of this machine), copies the checkout into it, and runs ./run.sh twice and
# ./test.sh there. It is run by hand, as root. FOLDER (a new one under /var/tmp by default) needs about 4 GB and is removed
# after a success.
set -euo pipefail
[ "$(id -u)" -eq 0 ] || { echo "clean_root.sh: run as root" >&2; exit 1; }
checkout=$(readlink -f "$(dirname "$0")/../..")

if [ "${1:-}" = --inside ]; then
  # Runs in its own mount and process namespaces, and becomes the clean machine.
  root=$2
  mount --bind "$root" "$root"
  cd "$root"
  mount -t proc proc proc
  mount --rbind /sys sys
  mount --rbind /dev dev
  mount -t tmpfs tmpfs run
  mount -t tmpfs tmpfs tmp
  pivot_root . mnt
  umount -l /mnt
  cd /root/logsniffd
  export HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
  unset TMPDIR
  [ ! -f /etc/authorities.crt ] || export NODE_EXTRA_CA_CERTS=/etc/authorities.crt npm_config_cafile=/etc/authorities.crt
  echo "== the first run"
  time ./run.sh demo --duration 3s
  echo "== the second run"
  time ./run.sh --version
  echo "== the tests"
  time ./test.sh
  exit 0
fi

root=${1:-$(mktemp -d /var/tmp/logsniffd-clean-root.XXXXXX)}
# shellcheck disable=SC2016
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' | head -n 1)
echo "== a minimal Debian 12 in $root"
debootstrap --variant=minbase bookworm "$root" "$mirror" >"$root.log" 2>&1 || { tail -n 20 "$root.log" >&2; exit 1; }
cp -a /etc/apt/. "$root/etc/apt/"
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
[ ! -f /etc/ssl/certs/ca-certificates.crt ] || cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/authorities.crt"
mkdir -p "$root/root/logsniffd"
chmod 755 "$root" "$root/root"  # tests become other users
tar -C "$checkout" --exclude=./build --exclude=./.git -cf - . | tar -C "$root/root/logsniffd" -xf -

unshare --mount --propagation private --pid --fork --kill-child -- "$0" --inside "$root"
rm -rf --one-file-system "$root" "$root.log"
echo "== all well"
