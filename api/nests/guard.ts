import { roomName } from '@nests/protocol/rooms';
import type { Healer } from './healer.ts';
import { stateOf } from './life.ts';
import type { Parts } from './parts.ts';
import type { NestRecord } from './record.ts';

/** How long (ms) somebody who was sent away may come back with what they have: our tokens, and those LiveKit renews. */
const TOKEN_LIFE_MS = 11 * 60_000;
/** How often it is looked whether they did, in ms: now, and while people are leaving the room their token is for. */
const LOOK_EVERY_MS = 500;
const LOOK_WHILE_LEAVING_MS = 150;

/**
 * Stands at the door of nests somebody was sent away from. LiveKit cannot revoke a token (LIVEKIT.md 7), and its webhooks
 * may be lost: between two sweeps somebody could talk for seconds. The sweep stays as the second line, also where the
 * process that stands guard dies.
 */
export class Guard {
  readonly #parts: Parts;
  readonly #healer: Healer;
  /** nest → until when, ms */
  readonly #until = new Map<string, number>();

  constructor(parts: Parts, healer: Healer) {
    this.#parts = parts;
    this.#healer = healer;
  }

  /** Somebody was just sent away from this nest. */
  stand(id: string): void {
    const isStanding = this.#until.has(id);
    this.#until.set(id, this.#parts.clock.now() + TOKEN_LIFE_MS);
    if (!isStanding) void this.#stand(id).finally(() => this.#until.delete(id));
  }

  async #stand(id: string): Promise<void> {
    const { background, clock, log } = this.#parts;
    let pauseMs: number | null = LOOK_EVERY_MS;
    while (pauseMs !== null && clock.now() < (this.#until.get(id) ?? 0)) {
      const wentOn = await background.pause(pauseMs).then(
        () => true,
        () => false,
      );
      if (!wentOn) return;
      pauseMs = await this.#look(id).catch((error: unknown) => {
        log.debug('A look at the door is left to the next', { nestId: id, error });
        return LOOK_EVERY_MS;
      });
    }
  }

  /** Sends away whoever may not be inside. When to look again (ms from now), or null when nobody can come back any more. */
  async #look(id: string): Promise<number | null> {
    const { records, media, enforcer } = this.#parts;
    const record = await records.get(id);
    if (!record) return LOOK_EVERY_MS;
    for (const { generation } of record.retired) {
      const people = await media.participants(roomName(id, generation));
      await enforcer.apply(record, generation, people, true);
    }
    if (stateOf(record) === 'live') await this.#healer.lookInside(record);
    if (record.retired.length > 0) return LOOK_WHILE_LEAVING_MS;
    return mayComeBack(record) ? LOOK_EVERY_MS : null;
  }
}

/** Once a ban has moved the nest, the tokens of that key name a room that is gone; those of removed guests do not. */
function mayComeBack(record: NestRecord): boolean {
  if (record.status !== 'active') return false;
  return record.removedGuests.length > 0 || record.bans.some(({ moved }) => !moved);
}
