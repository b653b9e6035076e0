import { createInstance } from 'i18next';
import { expect, it } from 'vitest';
import errors from '../../i18n/en/errors.json';
import { reasonText } from './use-notices.ts';

it('says why something was not possible, and nothing about a word that it does not know', async () => {
  const words = createInstance();
  await words.init({ lng: 'en', ns: ['errors'], resources: { en: { errors } }, showSupportNotice: false });
  expect(reasonText(words, 'stage_full')).toBe(errors.stage_full);
  expect(reasonText(words, 'timeout')).toBe(errors.failure.timeout.sentence);
  expect(reasonText(words, 'signer_refused')).toBe(errors.failure.signer_refused.sentence);
  expect(reasonText(words, 'failure')).toBeUndefined();
  expect(reasonText(words, undefined)).toBeUndefined();
});
