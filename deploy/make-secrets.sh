#!/usr/bin/env bash
# Makes what compose.yaml mounts, once: the secrets, and an empty blocklist. What is there already is left alone.
set -euo pipefail
cd "$(dirname "$0")"
umask 077
mkdir -p secrets/blocklist

random() { head -c 48 /dev/urandom | base64 | tr -d '\n/+=' | cut -c1-48; }

make() { # make FILE CONTENT
  if [ -e "secrets/$1" ]; then
    printf 'kept   deploy/secrets/%s\n' "$1"
  else
    printf '%s\n' "$2" > "secrets/$1"
    printf 'made   deploy/secrets/%s\n' "$1"
  fi
}

make nests_secret "$(random)"
make livekit_secret "$(random)"
make livekit_keys "nests: $(cat secrets/livekit_secret)"
make blocklist/keys '# Keys that may do nothing here: hex or npub, one a line. Read again when it changes.'

# The containers of Nests run as an ordinary user, who must be able to read them: the one that .env names, or 1000.
setting() { # setting NAME: the number that .env gives it, if any
  [ ! -f ../.env ] || sed -n "s/^$1=[\"']\{0,1\}\([0-9][0-9]*\).*/\1/p" ../.env | tail -n 1
}
uid=$(setting NESTS_UID)
gid=$(setting NESTS_GID)
if [ "$(id -u)" = 0 ]; then
  chown -R "${uid:-1000}:${gid:-1000}" secrets
elif [ "$(id -u)" != 1000 ] && [ -z "$uid" ]; then
  # Begun with a new line: the last one may have no end.
  printf '\nNESTS_UID=%s\nNESTS_GID=%s\n' "$(id -u)" "$(id -g)" >> ../.env
  printf 'wrote  NESTS_UID and NESTS_GID to .env\n'
fi
