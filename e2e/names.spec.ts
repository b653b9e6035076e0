import { expect } from '@playwright/test';
import { comeOnStage, joinAsGuest, joinSignedIn, openNest, test } from './support/journey.ts';
import { stackForThisFile } from './support/stack.ts';

const stack = stackForThisFile();

test('a guest reads the name of whoever has just come and raised a hand', async ({ people }) => {
  test.setTimeout(120_000);
  const ann = await people.arrive('Ann');
  const { link } = await openNest(ann, stack());
  const ben = await people.arrive('Ben', { beside: ann });
  await joinAsGuest(ben, link);
  const log = ben.page.getByRole('log');
  for (const name of ['Cleo', 'Dora']) {
    const friend = await people.arrive(name, { beside: ann });
    await joinSignedIn(friend, link);
    await comeOnStage(friend, ann);
    await expect(log.getByText(/raised a hand/)).toHaveCount(name === 'Cleo' ? 1 : 2);
    await expect(log.getByText(`${name} raised a hand`)).toBeVisible();
  }
});
