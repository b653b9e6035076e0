/**
 * A failure that a person can act on: its message is the whole of what they need to read, so it is printed without a
 * stack trace.
 */
export class Sentence extends Error {
  /** @override */
  name = 'Sentence';
}

/**
 * The message of anything that was thrown.
 * @param {unknown} thrown whatever a `catch` caught
 * @returns {string} its message; of a network fault the cause, because `fetch failed` alone says nothing
 */
export function messageOf(thrown) {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.message === 'fetch failed' && thrown.cause instanceof Error
    ? thrown.cause.message
    : thrown.message;
}

/**
 * The code that Node gives its system errors.
 * @param {unknown} thrown whatever a `catch` caught
 * @returns {string | undefined} for example `ENOENT`
 */
export function codeOf(thrown) {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
