/** Names of LiveKit rooms. A name is used once: every restart of a nest makes a room of the next generation. */

const GENERATION = /^[1-9][0-9]{0,14}$/;

/** `<nest id>:<generation>`, generation from 1. */
export function roomName(nestId: string, generation: number): string {
  return `${nestId}:${generation}`;
}

/** The nest and generation a room belongs to, or null when the name is not one of ours. */
export function parseRoomName(name: string): { nestId: string; generation: number } | null {
  const colon = name.lastIndexOf(':');
  if (colon <= 0) return null;
  const generation = name.slice(colon + 1);
  return GENERATION.test(generation)
    ? { nestId: name.slice(0, colon), generation: Number(generation) }
    : null;
}
