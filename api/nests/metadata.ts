import { roomName } from '@nests/protocol/rooms';
import type { Background } from './background.ts';
import type { MediaServer, Seal } from './ports.ts';
import type { NestRecord } from './record.ts';

/** Everybody in the room is sent its metadata: no more often than this, in ms. */
const SPACING_MS = 1_000;

/** The revision of the record that room metadata holds; 0 when it cannot be read. */
export function metadataRev(metadata: string): number {
  try {
    const { rev } = JSON.parse(metadata) as { rev?: unknown };
    return typeof rev === 'number' ? rev : 0;
  } catch {
    return 0;
  }
}

/** Keeps the sealed copy of each record in its LiveKit room up to date, behind the callers' backs. */
export class MetadataKeeper {
  readonly #media: MediaServer;
  readonly #seal: Seal;
  readonly #background: Background;
  readonly #latest = new Map<string, NestRecord>();
  readonly #writing = new Set<string>();

  constructor(media: MediaServer, seal: Seal, background: Background) {
    this.#media = media;
    this.#seal = seal;
    this.#background = background;
  }

  /** The record changed; its room is told soon. */
  touched(record: NestRecord): void {
    if (record.generation === 0 || record.idle) return;
    this.#latest.set(record.id, record);
    if (this.#writing.has(record.id)) return;
    this.#writing.add(record.id);
    this.#background.run('Sealing the record', record.id, () =>
      this.#keepWriting(record.id).finally(() => this.#writing.delete(record.id)),
    );
  }

  /** Writes the sealed record into its room now; false when the room is not there. */
  write(record: NestRecord): Promise<boolean> {
    return this.#media.setMetadata(roomName(record.id, record.generation), this.#seal.close(record));
  }

  async #keepWriting(id: string): Promise<void> {
    for (let record = this.#take(id); record; record = this.#take(id)) {
      await this.write(record);
      await this.#background.pause(SPACING_MS);
    }
  }

  #take(id: string): NestRecord | undefined {
    const record = this.#latest.get(id);
    this.#latest.delete(id);
    return record;
  }
}
