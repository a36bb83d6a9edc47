#!/bin/sh
# Builds the render server's image: container/build-image.sh [TAG]
#
# BASE names the base image (default debian:bookworm-slim). Where it can be neither found nor pulled,
# and debootstrap is installed and run as root, a base is made from Debian's packages, with this
# machine's own certificates and npm registry so that the build reaches what the machine reaches.
# Exits with 69 (EX_UNAVAILABLE) where there is no Docker engine or no base.
set -eu
cd "$(dirname "$0")/.."
tag=${1:-edgereel-render-server}
base=${BASE:-debian:bookworm-slim}
local_base=edgereel-base:bookworm

unavailable() {
  echo "skipped: $1" >&2
  exit 69
}

make_base() {
  [ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null || unavailable "$base cannot be pulled, and a base needs root and debootstrap"
  root=$(mktemp -d)
  trap 'rm -rf "$root"' EXIT
  debootstrap --variant=minbase bookworm "$root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >&2
  rm -rf "$root"/var/cache/apt/archives/*.deb
  mkdir -p "$root/usr/local/share/ca-certificates"
  find /usr/local/share/ca-certificates -name '*.crt' -exec cp {} "$root/usr/local/share/ca-certificates/" \; 2>/dev/null || true
  # Only the address and the certificates: credentials stay out of the image.
  printf 'registry=%s\ncafile=/etc/ssl/certs/ca-certificates.crt\n' "$(npm config get registry)" >"$root/root/.npmrc"
  tar -C "$root" -c . | docker import - "$local_base" >&2
}

docker info >/dev/null 2>&1 || unavailable "no Docker engine answers"
if ! docker image inspect "$base" >/dev/null 2>&1 && ! docker pull "$base" >&2; then
  base=$local_base
  docker image inspect "$base" >/dev/null 2>&1 || make_base
fi
# The host's network, since the build may need its names and routes to reach the package registries.
exec docker build --network host --build-arg "BASE=$base" --tag "$tag" --file container/Dockerfile .
