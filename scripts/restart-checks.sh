# Shared by the restart tests: signed requests, one expectation a line, a count at the end. Sourced, not run.
# shellcheck shell=bash
# shellcheck disable=SC2034 # STATUS, BODY and NEST are read by the scripts that source this

BASE="${1:-${NESTS_BASE_URL:-http://localhost:5544}}"
BASE="${BASE%/}"
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
WORK="$(mktemp -d)"
trap 'rm -rf "$WORK"' EXIT
PASSED=0
FAILED=0
STATUS=''
BODY=''

# sign KEY METHOD URL [BODY]: the Authorization header, made by our own small command. The key is made on first use.
sign() {
  local key="$1"
  shift
  NESTS_KEY_FILE="$WORK/$key" node "$ROOT/api/dist/cli.js" auth "$@"
}

# call KEY METHOD PATH [BODY]: a request signed by KEY ('-' for nobody); sets STATUS and BODY.
# The header goes to curl by a file descriptor, so that it stands in no process list.
call() {
  local key="$1" method="$2" url="$BASE$3" body="${4:-}"
  local args=(--silent --show-error --max-time 20 --output "$WORK/body" --write-out '%{http_code}' --request "$method")
  # No answer must not look like the one before.
  rm -f "$WORK/body"
  [ -n "$body" ] && args+=(--header 'Content-Type: application/json' --data "$body")
  if [ "$key" = '-' ]; then
    STATUS="$(curl "${args[@]}" "$url")" || STATUS='no answer'
  else
    local header
    header="$(sign "$key" "$method" "$url" ${body:+"$body"})"
    STATUS="$(curl "${args[@]}" --header @<(printf 'Authorization: %s\n' "$header") "$url")" || STATUS='no answer'
  fi
  BODY="$(cat "$WORK/body" 2>/dev/null || true)"
}

# field NAME: one field of BODY, empty when it is not there.
field() {
  printf '%s' "$BODY" | node -e '
    let text = "";
    process.stdin.on("data", (part) => (text += part)).on("end", () => {
      try {
        const value = JSON.parse(text)[process.argv[1]];
        if (value !== undefined) process.stdout.write(String(value));
      } catch {}
    });' "$1"
}

# expect WHAT SEEN WANTED: one line of the report. A wanted value of '*' is anything but empty.
expect() {
  if [ "$2" = "$3" ] || { [ "$3" = '*' ] && [ -n "$2" ]; }; then
    PASSED=$((PASSED + 1))
    printf '✅ %s\n' "$1"
  else
    FAILED=$((FAILED + 1))
    printf '❌ %s\n   expected: %s\n   seen:     %s\n' "$1" "$3" "${2:-nothing}"
  fi
}

# open_nest KEY OPTIONS: opens a nest and sets NEST to its id; without it there is nothing to test, so that is the end.
open_nest() {
  call "$1" PUT /api/v1/nests "$2"
  expect 'a host opens a nest' "$STATUS" 200
  NEST="$(field roomId)"
  if [ -z "$NEST" ]; then
    printf '   %s\n' "$BODY"
    finish || true
    exit 1
  fi
}

# finish: the count, and the exit code.
finish() {
  printf '\n%d passed, %d failed\n' "$PASSED" "$FAILED"
  [ "$FAILED" -eq 0 ]
}

if [ ! -f "$ROOT/api/dist/cli.js" ]; then
  printf 'The signing command is not built yet. Run "npm start" once, then this again.\n' >&2
  exit 2
fi
