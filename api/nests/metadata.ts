import { roomName } from '@nests/protocol/rooms';
import type { Background } from './background.ts';
import type { MediaServer, NestStore, Seal } from './ports.ts';
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
  readonly #store: Pick<NestStore, 'get'>;
  readonly #media: MediaServer;
  readonly #seal: Seal;
  readonly #background: Background;
  readonly #latest = new Map<string, NestRecord>();
  readonly #writing = new Set<string>();

  constructor(store: Pick<NestStore, 'get'>, media: MediaServer, seal: Seal, background: Background) {
    this.#store = store;
    this.#media = media;
    this.#seal = seal;
    this.#background = background;
  }

  /** The record changed; its room is told soon. */
  touched(record: NestRecord): void {
    const { id } = record;
    this.#latest.set(id, record);
    if (this.#writing.has(id)) return;
    this.#writing.add(id);
    this.#background.run('Sealing the record', id, () =>
      this.#keepWriting(id).finally(() => this.#writing.delete(id)),
    );
  }

  /** Writes the sealed record into its room now; false when there is none. */
  async write(record: NestRecord): Promise<boolean> {
    if (record.generation === 0 || record.idle) return false;
    return this.#media.setMetadata(roomName(record.id, record.generation), this.#seal.close(record));
  }

  async #keepWriting(id: string): Promise<void> {
    for (let known = this.#take(id); known; known = this.#take(id)) {
      const newest = await this.#newest(known);
      if (newest) await this.write(newest);
      await this.#background.pause(SPACING_MS);
    }
  }

  /**
   * The record as it is now: another replica may have changed it meanwhile, and the older copy must not come last. A record
   * that was lost since is the one we know, unless its room knows a newer one.
   */
  async #newest(known: NestRecord): Promise<NestRecord | null> {
    const stored = await this.#store.get(known.id);
    if (stored) return stored;
    const [room] = await this.#media.rooms([roomName(known.id, known.generation)]);
    return room && metadataRev(room.metadata) < known.rev ? known : null;
  }

  #take(id: string): NestRecord | undefined {
    const record = this.#latest.get(id);
    this.#latest.delete(id);
    return record;
  }
}
