import { type Clock, sleep } from '../api/clock.ts';
import type { Player, RoomLink } from '../media/media-types.ts';

/** The server closes an old room after five seconds; we are gone before. */
const LATEST_MS = 4_500;
const LOOK_MS = 100;
/** How long somebody has to be seen in the new room before they surely hear us there. */
const SETTLED_MS = 700;

/**
 * Leave the old room without anybody noticing: keep listening there until every speaker is heard in the new one, and keep speaking there
 * until everybody who is left has been in the new one for a moment. Ends when the old link is closed.
 */
export async function retire(
  old: RoomLink,
  parts: { current: () => RoomLink | null; player: Player; clock: Clock },
): Promise<void> {
  const { player, clock } = parts;
  const deadline = clock.now() + LATEST_MS;
  await player.handedOver(old, LATEST_MS);
  let since = clock.now();
  while (old.$state.get() !== 'closed' && clock.now() < deadline && old.$sending.get() !== 'none') {
    if (somebodyIsMissing(old, parts.current())) since = clock.now();
    else if (clock.now() - since >= SETTLED_MS) break;
    await sleep(clock, LOOK_MS);
  }
  player.drop(old);
  await old.close();
}

function somebodyIsMissing(old: RoomLink, current: RoomLink | null): boolean {
  const there = new Set(current?.$people.get().map((person) => person.identity));
  return old.$people.get().some((person) => !person.isMe && !there.has(person.identity));
}
