import { computed, atom, onMount, type ReadableAtom } from 'nanostores';

import { bornAt } from './born-at.ts';
import type { NestPorts } from './ports.ts';
import type { NestDetails } from './session-types.ts';
import type { SessionState } from './state.ts';

const SECOND_MS = 1_000;
/** How often the server is asked whether record and room are there, while somebody looks. */
const LOOK_EVERY = 5;

/** The live facts of the error panel: kept fresh only while somebody looks at them. */
export function createDetails(state: SessionState, ports: NestPorts): ReadableAtom<NestDetails> {
  const { clock, api } = ports;
  const $now = atom(clock.now());
  const $room = atom<boolean | null>(null);

  const ask = async () => {
    const roomId = state.$roomId.get();
    const found = await api.diagnostics(roomId).catch(() => null);
    if (roomId !== state.$roomId.get() || !found) return;
    state.$recordExists.set(found.record.present ?? null);
    $room.set(found.room.present ?? null);
  };

  const $details = computed(
    [state.$roomId, state.$nestEvent, state.$info, state.$recordExists, state.$phase, $room, $now],
    (roomId, event, info, record, phase, room, now): NestDetails => {
      const born = bornAt(event, info);
      // A clock that is ahead of ours dates nothing into the future.
      const createdAt = born === null ? null : Math.floor(Math.min(born, now) / 1000);
      return {
        roomId,
        status: event?.status ?? info?.status ?? 'unknown',
        createdAt,
        ageS: createdAt === null ? null : Math.max(0, Math.floor(now / 1000) - createdAt),
        event: event === undefined ? null : event !== null,
        record,
        room: phase === 'in' ? true : room,
      };
    },
  );

  onMount($details, () => {
    let ticks = 0;
    let cancel: () => void = () => undefined;
    const tick = () => {
      $now.set(clock.now());
      if (ticks++ % LOOK_EVERY === 0 && state.$phase.get() !== 'in') void ask();
      cancel = clock.after(SECOND_MS, tick);
    };
    tick();
    return () => cancel();
  });
  return $details;
}
