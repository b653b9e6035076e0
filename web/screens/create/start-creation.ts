import { systemClock } from '../../api/clock.ts';
import { createNest } from '../../nest/create.ts';
import { browserSurroundings } from '../../nest/surroundings.ts';
import type { Creation, NestForm } from '../../nest/task-types.ts';
import type { Account } from '../../nostr/index.ts';
import { settings } from '../../settings.ts';
import { api } from '../api.ts';
import { loadNostr } from '../services.ts';

/** Begins to make a nest for this account. Rejects when the code for relays cannot be had (offline). */
export async function startCreation(form: NestForm, account: Account): Promise<Creation> {
  const { gateway } = await loadNostr();
  return createNest(form, {
    api,
    account,
    nostr: gateway,
    clock: systemClock,
    publicUrl: settings().publicUrl,
    around: browserSurroundings(),
  });
}
