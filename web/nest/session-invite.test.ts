import { expect, test } from 'vitest';

import { HOST, join, ME, World } from './testing/world.ts';

/** A nest that only invited people enter. */
function inviteOnly(world: World): World {
  world.api.put({ id: 'nest', host: HOST, access: 'invite' });
  return world;
}

test('the host of an invite-only nest makes invitations, lists them and takes them back', async () => {
  const session = await inviteOnly(new World(HOST)).enter({ hostHint: HOST });
  const desk = session.$inviteDesk.get();
  const made = await desk?.make();
  expect(await desk?.list()).toEqual([expect.objectContaining({ id: made?.id, by: HOST })]);
  await desk?.revoke(made?.id ?? '');
  expect(await desk?.list()).toEqual([]);
});

test('nobody makes invitations where everybody may come in, nor without an office', async () => {
  const open = new World(HOST);
  open.api.put({ id: 'nest', host: HOST });
  expect((await open.enter({ hostHint: HOST })).$inviteDesk.get()).toBeNull();

  const member = inviteOnly(new World(ME));
  member.api.members.add(ME);
  expect((await member.enter()).$inviteDesk.get()).toBeNull();
});

test('who has no invitation is told so and stays outside', async () => {
  const session = await inviteOnly(new World(ME)).open();
  await join(session);
  expect(session.$phase.get()).toBe('error');
  expect(session.$error.get()).toMatchObject({ code: 'invite_only', action: 'none' });
});

test('the invitation of a link lets in, after signing in and a reload, too, and is forgotten then', async () => {
  const guest = inviteOnly(new World(null));
  guest.api.invitations = [{ id: 'one', by: HOST, at: 5 }];
  const before = await guest.open({ inviteSecret: 'secret of one' });
  await before.close();

  // Signed in: another session in the same tab, whose address bar no longer shows the secret.
  const signedIn = inviteOnly(new World(ME));
  signedIn.api.invitations = guest.api.invitations;
  for (const [key, value] of guest.tab.all) signedIn.tab.set(key, value);
  const session = await signedIn.open();
  await join(session);
  expect(session.$phase.get()).toBe('in');
  expect([...signedIn.tab.all.values()].join()).not.toContain('secret of one');
  expect([...signedIn.log, ...signedIn.paths].join()).not.toContain('secret of one');
});
