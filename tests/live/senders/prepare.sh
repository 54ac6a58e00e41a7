#!/bin/sh
# prepare.sh FOLDER: puts the missing senders of the live tests into FOLDER.
#   FOLDER/root           Debian packages (`unpack` in cmake/packages.txt), unpacked there and not installed: syslog-ng
#                         would remove rsyslog, nginx, HAProxy and Prometheus (of which only promtool is used) would
#                         start and listen
#   FOLDER/node_modules   the npm packages of package.json
# If nothing is missing, it is silent and does not use the network.
set -eu
here=$(dirname "$(readlink -f "$0")")
mkdir -p "$1"
cd "$1"

awk '$1 == "unpack" { print $2 }' "$here/../../../cmake/packages.txt" >wanted
if ! cmp -s wanted unpacked; then
  echo "unpacking: $(tr '\n' ' ' <wanted)" >&2
  rm -rf root packages
  mkdir packages
  # shellcheck disable=SC2046
  if ! (cd packages && apt-get download $(cat ../wanted)) >download.log 2>&1; then
    # A new machine does not have package lists yet.
    if [ "$(id -u)" -eq 0 ]; then apt-get update; else sudo apt-get update; fi >>download.log 2>&1 || true
    # shellcheck disable=SC2046
    (cd packages && apt-get download $(cat ../wanted)) >>download.log 2>&1 || { cat download.log >&2; exit 1; }
  fi
  for package in packages/*.deb; do dpkg-deb -x "$package" root; done
  mv wanted unpacked
fi

if ! cmp -s "$here/package.json" installed.json; then
  echo "installing by npm: $(sed -n 's/^    "\(.*\)": .*/\1/p' "$here/package.json" | tr '\n' ' ')" >&2
  cp "$here/package.json" package.json
  npm install --prefix . --no-package-lock --ignore-scripts --omit=optional --no-audit --no-fund >npm.log 2>&1 || { cat npm.log >&2; exit 1; }
  mv package.json installed.json
fi
