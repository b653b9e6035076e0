import { expect, test } from 'vitest';

import { diagnose, type Findings } from './diagnosis.ts';
import type { DiagnosisCode } from './task-types.ts';

const ok = { status: 200 };
const good: Findings = {
  health: ok,
  partsDown: [],
  info: ok,
  guest: ok,
  signalling: true,
  media: true,
  eventMatches: true,
  clockOffS: 0,
  microphoneRefused: false,
};

const rows: [string, Partial<Findings>, DiagnosisCode][] = [
  ['info 200, guest 500', { guest: { status: 500 } }, 'token_trouble'],
  ['info 200, guest 503', { guest: { status: 503 } }, 'token_trouble'],
  ['info 200, guest 404', { guest: { status: 404 } }, 'token_trouble'],
  [
    'info 200, guest 403: guests are off',
    { guest: { status: 403, code: 'no_guests' } },
    'guests_not_allowed',
  ],
  ['info 200, guest 403: invite only', { guest: { status: 403, code: 'invite_only' } }, 'guests_not_allowed'],
  ['info 200, guest 429', { guest: { status: 429 } }, 'too_many_tries'],
  ['info 404, health good', { info: { status: 404 }, guest: { status: 404 } }, 'never_stored'],
  ['info 404, nobody has an event', { info: { status: 404 }, eventMatches: null }, 'never_stored'],
  [
    'info 404, the event names another server',
    { info: { status: 404 }, eventMatches: false },
    'wrong_server',
  ],
  ['info 410', { info: { status: 410 }, guest: { status: 410 } }, 'nest_ended'],
  ['health degraded', { partsDown: ['livekit'], guest: { status: 503 } }, 'dependency_down'],
  ['health fails', { health: { status: 0 }, info: { status: 0 } }, 'api_down'],
  ['health answers 404: not a Nests server', { health: { status: 404 } }, 'api_down'],
  ['health good, then no answer at all', { info: { status: 0 }, guest: { status: 0 } }, 'api_down'],
  [
    'info 503, guest 503: tokens are not the trouble',
    { info: { status: 503 }, guest: { status: 503 } },
    'api_down',
  ],
  ['info 200, guest unanswered', { guest: { status: 0 } }, 'token_trouble'],
  ['signalling good, media fails', { media: false }, 'firewall'],
  ['signalling fails', { signalling: false, media: null }, 'signalling_down'],
  ['a clock that is two minutes off', { clockOffS: 120 }, 'clock_off'],
  ['a clock that is a little off', { clockOffS: 20 }, 'all_good'],
  ['only the microphone is refused', { microphoneRefused: true }, 'microphone_refused'],
  ['a refused microphone does not hide a firewall', { microphoneRefused: true, media: false }, 'firewall'],
  ['nothing is wrong', {}, 'all_good'],
  [
    'without a nest',
    { info: null, guest: null, signalling: null, media: null, eventMatches: null },
    'no_nest',
  ],
];

test.each(rows)('%s', (_finding, found, diagnosis) => {
  expect(diagnose({ ...good, ...found })).toBe(diagnosis);
});
