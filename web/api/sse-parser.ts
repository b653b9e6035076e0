/** The largest event we keep: a nest's whole state is a few kilobytes, a hundred times that is an attack. */
const MAX_EVENT = 1_000_000;

/**
 * The line format of `text/event-stream` (HTML standard, 9.2.6), as far as a feed needs it: `event`, `data`, comments. Fed with pieces of
 * any size; calls back once per complete event.
 */
export class SseParser {
  readonly #onEvent: (name: string, data: string) => void;
  #rest = '';
  #name = '';
  #data: string[] = [];
  #size = 0;

  constructor(onEvent: (name: string, data: string) => void) {
    this.#onEvent = onEvent;
  }

  /** The next piece of the stream, of any size. Throws when one event grows beyond all measure. */
  push(piece: string): void {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > MAX_EVENT) throw new Error('An event of the feed is too large');
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    if (line === '') {
      this.#end();
      return;
    }
    if (line.startsWith(':')) return;
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#name = value;
    if (field === 'data') this.#addData(value);
  }

  #addData(value: string): void {
    this.#size += value.length;
    if (this.#size > MAX_EVENT) throw new Error('An event of the feed is too large');
    this.#data.push(value);
  }

  #end(): void {
    if (this.#data.length > 0) this.#onEvent(this.#name || 'message', this.#data.join('\n'));
    this.#name = '';
    this.#data = [];
    this.#size = 0;
  }
}
