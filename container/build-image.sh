#!/bin/sh
# Builds the render server's image: container/build-image.sh [TAG]
#
# BASE is the base image (default debian:bookworm-slim). If it is not on this machine and cannot be pulled, the script
# makes a base image with debootstrap, which needs root. That image has this machine's certificates and npm registry,
# so that the build can use the same registries as the machine.
# Exits with 69 (EX_UNAVAILABLE) if there is no Docker engine or no base image.
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
  [ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null || unavailable "$base cannot be pulled, and making a base image needs root and debootstrap"
  root=$(mktemp -d)
  trap 'rm -rf "$root"' EXIT
  debootstrap --variant=minbase bookworm "$root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >&2
  rm -rf "$root"/var/cache/apt/archives/*.deb
  mkdir -p "$root/usr/local/share/ca-certificates"
  find /usr/local/share/ca-certificates -name '*.crt' -exec cp {} "$root/usr/local/share/ca-certificates/" \; 2>/dev/null || true
  # Copy only the registry's URL and the certificates, to keep credentials out of the image.
  printf 'registry=%s\ncafile=/etc/ssl/certs/ca-certificates.crt\n' "$(npm config get registry)" >"$root/root/.npmrc"
  tar -C "$root" -c . | docker import - "$local_base" >&2
}

docker info >/dev/null 2>&1 || unavailable "no Docker engine is running"
if ! docker image inspect "$base" >/dev/null 2>&1 && ! docker pull "$base" >&2; then
  base=$local_base
  docker image inspect "$base" >/dev/null 2>&1 || make_base
fi
# Use the host's network, because the build may need its DNS and routes to reach the package registries.
exec docker build --network host --build-arg "BASE=$base" --tag "$tag" --file container/Dockerfile .
