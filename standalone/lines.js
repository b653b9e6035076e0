import { StringDecoder } from 'node:string_decoder';

/** Longer lines are handed on in pieces, so that a part that never ends its line cannot fill the memory. */
const LONGEST = 64 * 1024;

/**
 * Cuts a stream of text into lines.
 * @param {import('node:stream').Readable} stream what a child prints
 * @param {(line: string) => void} onLine told every line without its end, and at the end what is left
 */
export function lines(stream, onLine) {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  /** @param {string} text */
  const take = (text) => {
    const parts = (rest + text).split(/\r?\n/);
    rest = parts.pop() ?? '';
    for (const line of parts) onLine(line);
    if (rest.length > LONGEST) {
      onLine(rest);
      rest = '';
    }
  };
  stream.on('data', (/** @type {Buffer} */ chunk) => take(decoder.write(chunk)));
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
