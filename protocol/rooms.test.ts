import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseRoomName, roomName } from './rooms.ts';

it('reads back what it wrote, for any nest and generation', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 1 }), (nestId, generation) => {
      expect(parseRoomName(roomName(nestId, generation))).toEqual({ nestId, generation });
    }),
  );
});

it.each(['', 'a', ':1', 'a:', 'a:0', 'a:01', 'a:-1', 'a:1.5', 'a:1e3', 'a: 1', 'a:1 ', 'a:9999999999999999'])(
  'does not take %j for a room of ours',
  (name) => {
    expect(parseRoomName(name)).toBeNull();
  },
);

it('never throws, and never reads what it would write otherwise', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const room = parseRoomName(name);
      if (room !== null) expect(roomName(room.nestId, room.generation)).toBe(name);
    }),
  );
});
