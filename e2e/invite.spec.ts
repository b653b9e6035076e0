import { expect } from '@playwright/test';
import { hears, joinAudio, makeKey, openNestWith, signIn, test, unmute } from './support/journey.ts';
import type { Person } from './support/person.ts';
import { stackForThisFile } from './support/stack.ts';

const stack = stackForThisFile();

/** The host makes an invitation in the share dialog; resolves with its link. */
async function inviteLink({ page }: Person): Promise<string> {
  await page.getByRole('button', { name: 'Share' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Invite people' });
  await dialog.getByRole('button', { name: 'Make an invitation link' }).click();
  const link = await dialog.getByRole('textbox', { name: 'Invitation link' }).inputValue();
  await expect(dialog.getByRole('list', { name: 'Open invitations' }).getByRole('listitem')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  return link;
}

test('an invite-only nest: nobody enters without an invitation, whoever has one does and hears', async ({
  people,
}) => {
  test.setTimeout(180_000);
  const ann = await people.arrive('Ann');
  await openNestWith(ann, stack(), 'Among ourselves', async (page) => {
    await page.getByText('Advanced').click();
    await page.getByText('Only people I invite').click();
  });
  await unmute(ann);
  const address = ann.page.url();
  const link = await inviteLink(ann);
  expect(link).toMatch(/#invite=.{16,}$/);

  const sam = await people.arrive('Sam', { beside: ann });
  await sam.page.goto(address);
  await expect(sam.page.getByText('Only invited people come in')).toBeVisible();
  await expect(sam.page.getByRole('button', { name: 'Join as Guest' })).toBeHidden();
  await sam.page.getByRole('button', { name: 'Sign in' }).first().click();
  await makeKey(sam);
  await sam.page.getByRole('button', { name: 'Join Audio' }).click();
  await expect(
    sam.page.getByText('This nest is for invited people only. Ask its host for an invitation.'),
  ).toBeVisible();

  const ben = await people.arrive('Ben', { beside: ann });
  await ben.page.goto(link);
  await expect(ben.page.getByText('Only invited people come in')).toBeVisible();
  // Nobody should pass the secret on by copying the address.
  await expect(ben.page).not.toHaveURL(/invite=/);
  await signIn(ben);
  await joinAudio(ben);
  await hears(ben, 440);

  await ann.page.getByRole('button', { name: 'Share' }).first().click();
  const dialog = ann.page.getByRole('dialog', { name: 'Invite people' });
  await dialog.getByRole('button', { name: /Revoke/ }).click();
  await expect(dialog.getByText('There is no open invitation')).toBeVisible();
  await ann.page.keyboard.press('Escape');
  await hears(ben, 440);

  await sam.page.goto(link);
  await sam.page.getByRole('button', { name: 'Join Audio' }).click();
  await expect(sam.page.getByText('This nest is for invited people only.')).toBeVisible();
});
