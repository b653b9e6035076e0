#!/usr/bin/env bash
# The restart button, asked for itself: who may press it, and what the answer is, for a nest that is there and for an id
# that nobody ever made. It touches no nest but its own, and needs nothing but the server's address.
# (test-restart-recovery.sh plays the accident instead: a nest is lost, and its people must find the new one.)
# Use: ./scripts/test-restart-endpoint.sh [base URL, http://localhost:5544 by default]
set -euo pipefail
# shellcheck source=scripts/restart-checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/restart-checks.sh"

NESTS=/api/v1/nests
printf 'The restart route of %s: who may use it, and what it answers\n\n' "$BASE"

call - GET /health
expect 'the server answers and is healthy' "$(field status)" healthy

open_nest host '{"relays":["wss://relay.example.com"],"hls_stream":false}'
ID="$NEST"
BEFORE="$(field generation)"

call - POST "$NESTS/$ID/restart"
expect 'a restart without a signature is refused' "$STATUS" 401

call stranger POST "$NESTS/$ID/restart"
expect 'a stranger may not restart it' "$STATUS" 403
expect 'and is told why' "$(field error)" 'Only the host can restart the nest'

call host POST "$NESTS/$ID/restart"
expect 'its host restarts it' "$STATUS" 200
expect 'it keeps its id' "$(field roomId)" "$ID"
expect 'it is not a new nest' "$(field isNewRoom)" false
expect 'it says so' "$(field message)" 'Nest restarted successfully'
expect 'it is in its next LiveKit room' "$(field generation)" "$((BEFORE + 1))"
expect 'the host gets a token' "$(field token)" '*'

MISSING="$(node -e 'process.stdout.write(crypto.randomUUID())')"
call - GET "$NESTS/$MISSING/info"
expect 'a nest that nobody made is not there' "$STATUS" 404
expect 'and the answer says so' "$(field error)" 'Room not found'

call host POST "$NESTS/$MISSING/restart"
expect 'restarting it is no error' "$STATUS" 200
expect 'it makes a new nest' "$(field isNewRoom)" true
expect 'which remembers the old id' "$(field originalRoomId)" "$MISSING"
expect 'and says so' "$(field message)" 'Nest recreated with new room ID'
NEW="$(field roomId)"

call host GET "$NESTS/$NEW"
expect 'the host can join the new nest' "$STATUS" 200
expect 'as its host' "$(field role)" host

for nest in "$ID" "$NEW"; do
  call host DELETE "$NESTS/$nest"
  expect 'the host ends what this test opened' "$STATUS" 204
done
call host GET "$NESTS/$ID"
expect 'an ended nest says that it ended' "$STATUS" 410
finish
