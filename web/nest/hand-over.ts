import { type Clock, sleep } from '../api/clock.ts';
import type { Player, RoomLink } from '../media/media-types.ts';

/** The server closes an old room after five seconds; we are gone before. */
const LATEST_MS = 4_500;
const LOOK_MS = 50;
/** How long other speakers may take to hear us in the new room, once they are there: on a slow machine a second is not much. */
const SETTLED_MS = 1_500;

/**
 * Leave the old room without anybody noticing: keep listening there until every speaker is heard in the new one, and keep speaking there as
 * long as somebody may still hear us there. Listeners show that they do not by leaving; other speakers wait for us as we wait for them, so
 * they get a while. Ends when the old link is closed.
 */
export async function retire(
  old: RoomLink,
  parts: { current: () => RoomLink | null; player: Player; clock: Clock },
): Promise<void> {
  const { player, clock } = parts;
  const deadline = clock.now() + LATEST_MS;
  await player.handedOver(old, LATEST_MS);
  let since = clock.now();
  while (clock.now() < deadline && isSpeaking(old)) {
    const others = whoIsLeft(old, parts.current());
    if (others === 'nobody') break;
    if (others === 'listeners') since = clock.now();
    else if (clock.now() - since >= SETTLED_MS) break;
    await sleep(clock, LOOK_MS);
  }
  player.drop(old);
  await old.close();
}

function isSpeaking(link: RoomLink): boolean {
  return link.$state.get() !== 'closed' && link.$sending.get() !== 'none';
}

/** Who may still hear us in the old room; `speakers` = nobody but speakers who are in the new room already. */
function whoIsLeft(old: RoomLink, current: RoomLink | null): 'nobody' | 'speakers' | 'listeners' {
  const arrived = new Set(current?.$people.get().map((person) => person.identity));
  const left = old.$people.get().filter((person) => !person.isMe);
  if (left.length === 0) return 'nobody';
  const areSpeakers = left.every((person) => person.microphone !== 'none' && arrived.has(person.identity));
  return areSpeakers ? 'speakers' : 'listeners';
}
