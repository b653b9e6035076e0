#!/usr/bin/env bash
# The accident, played from its beginning to its end: a nest is lost, its host restarts it, everybody with the old link
# finds the new one, a guest can listen, and a stranger cannot take anybody along.
# (test-restart-endpoint.sh asks the restart route for itself instead, and loses nothing.)
# Use: ./scripts/test-restart-recovery.sh [base URL, http://localhost:5544 by default]
# With REDIS_CLI set (for example "docker compose exec -T redis redis-cli") the record is really deleted first;
# without it, the test uses an id that the server never had, which it must treat alike.
set -euo pipefail
# shellcheck source=scripts/restart-checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/restart-checks.sh"

NESTS=/api/v1/nests
printf 'A nest is lost and found again, at %s\n\n' "$BASE"

RELAYS='{"relays":["wss://relay.example.com"]}'
if [ -n "${REDIS_CLI:-}" ]; then
  open_nest host '{"relays":["wss://relay.example.com"],"hls_stream":false}'
  LOST="$NEST"
  for attempt in 1 2 3 4 5; do
    # shellcheck disable=SC2086 # a command with its words
    DELETED="$($REDIS_CLI del "nest:$LOST" | tr -d '\r')"
    [ "$attempt" -gt 1 ] || expect 'its record is deleted from Redis' "$DELETED" 1
    call host POST "$NESTS/$LOST/restart" "$RELAYS"
    [ "$(field isNewRoom)" = false ] || break
    printf '(the server had given the record back from the room already; deleting it again)\n'
  done
else
  LOST="$(node -e 'process.stdout.write(crypto.randomUUID())')"
  printf '(no REDIS_CLI: playing with an id that the server does not know)\n'
  call host POST "$NESTS/$LOST/restart" "$RELAYS"
fi
expect 'the host restarts the lost nest' "$STATUS" 200
NEW="$(field roomId)"
HOST_KEY="$(sign host GET "$BASE/" | cut -d' ' -f2 | base64 -d | node -e '
  let text = ""; process.stdin.on("data", (part) => (text += part)).on("end", () => process.stdout.write(JSON.parse(text).pubkey));')"
expect 'and gets a new one' "$(field isNewRoom)" true

call host POST "$NESTS/$LOST/restart"
expect 'asking again gives the same new nest' "$(field roomId)" "$NEW"

call - GET "$NESTS/$LOST/successor?host=$HOST_KEY"
expect 'who holds the old link finds the new nest' "$(field roomId)" "$NEW"

call - GET "$NESTS/$NEW/info"
expect 'the new nest is there' "$STATUS" 200
expect 'with the same host' "$(field host)" "$HOST_KEY"
expect 'and it is running' "$(field status)" active

call - GET "$NESTS/$NEW/guest"
expect 'a guest can listen' "$STATUS" 200
expect 'and gets a token' "$(field token)" '*'

call stranger POST "$NESTS/$LOST/restart"
expect 'a stranger who restarts the same lost nest' "$STATUS" 200
OTHER="$(field roomId)"
expect 'gets one of their own' "$([ "$OTHER" != "$NEW" ] && echo 'another nest')" 'another nest'
call - GET "$NESTS/$LOST/successor?host=$HOST_KEY"
expect 'and takes nobody along' "$(field roomId)" "$NEW"

call host DELETE "$NESTS/$NEW"
expect 'the host ends what this test opened' "$STATUS" 204
call stranger DELETE "$NESTS/$OTHER"
expect 'and so does the stranger' "$STATUS" 204
finish
