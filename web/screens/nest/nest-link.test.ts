import { encodeNaddr } from '@nests/protocol/address';
import { expect, test } from 'vitest';
import { readAddress } from './nest-link.ts';
import { withInvitation } from './parts/invitation-link.ts';

const HOST = 'ab'.repeat(32);
const ROOM = '6f1d8a52-3f5c-4a43-9a3e-0d6a5b1f7c21';

test('a room id comes with its host in the fragment, or without', () => {
  expect(readAddress(ROOM, `#${HOST}`)).toEqual({ roomId: ROOM, hostHint: HOST });
  expect(readAddress(ROOM, '')).toEqual({ roomId: ROOM });
  expect(readAddress(ROOM, '#nonsense')).toEqual({ roomId: ROOM });
});

test('an naddr names room, host and relays', () => {
  const naddr = encodeNaddr({ host: HOST, d: ROOM, relays: ['wss://relay.example'] });
  expect(readAddress(naddr, '')).toEqual({
    roomId: ROOM,
    hostHint: HOST,
    relayHints: ['wss://relay.example'],
  });
  expect(readAddress('naddr1broken', '')).toBeNull();
});

test('an invitation travels in the fragment', () => {
  expect(readAddress(ROOM, `#${HOST}&invite=s%2Bcret`)).toEqual({
    roomId: ROOM,
    hostHint: HOST,
    inviteSecret: 's+cret',
  });
});

test('the link that is shared with an invitation brings it along', () => {
  const naddr = encodeNaddr({ host: HOST, d: ROOM });
  const link = new URL(withInvitation(`https://nests.example/nest/${naddr}`, 's+cr&t'));
  expect(readAddress(naddr, link.hash)).toMatchObject({
    roomId: ROOM,
    hostHint: HOST,
    inviteSecret: 's+cr&t',
  });
  expect(link.pathname + link.search).not.toContain('cr');
});
