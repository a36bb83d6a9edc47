#!/bin/sh
# Runs a command with a Docker engine: container/with-docker.sh COMMAND [ARGUMENT...]
#
# Uses the running engine. If there is none, starts one for the duration of the command, which needs root and dockerd.
# Exits with 69 (EX_UNAVAILABLE) if neither is possible.
set -eu

if docker info >/dev/null 2>&1; then exec "$@"; fi
if [ "$(id -u)" != 0 ] || ! command -v dockerd >/dev/null; then
  echo "skipped: no Docker engine is running, and starting one needs root and dockerd" >&2
  exit 69
fi

folder=$(mktemp -d)
export DOCKER_HOST="unix://$folder/docker.sock"
dockerd --host "$DOCKER_HOST" --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/pid" \
  --bip "${DOCKER_BRIDGE:-172.17.0.1/16}" >"$folder/log" 2>&1 &
engine=$!
finish() {
  kill "$engine" 2>/dev/null || true
  wait "$engine" 2>/dev/null || true
  umount "$folder"/exec/netns/* 2>/dev/null || true
  rm -rf "$folder" || true
}
trap finish EXIT
trap 'exit 143' INT TERM

waited=0
until docker info >/dev/null 2>&1; do
  if ! kill -0 "$engine" 2>/dev/null || [ "$waited" -ge 60 ]; then
    tail -n 20 "$folder/log" >&2
    echo "skipped: the Docker engine did not start" >&2
    exit 69
  fi
  sleep 1
  waited=$((waited + 1))
done
"$@"
