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

# The containers of Nests run as an ordinary user, who must be able to read them.
if [ "$(id -u)" = 0 ]; then
  chown -R 1000:1000 secrets
elif [ "$(id -u)" != 1000 ] && ! grep -qs '^NESTS_UID=' ../.env; then
  printf 'NESTS_UID=%s\nNESTS_GID=%s\n' "$(id -u)" "$(id -g)" >> ../.env
  printf 'wrote  NESTS_UID and NESTS_GID to .env\n'
fi
