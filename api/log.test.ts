import { expect, it } from 'vitest';
import { makeLog } from './log.ts';

const captured = (level: 'info' | 'debug') => {
  const lines: Record<string, unknown>[] = [];
  const log = makeLog(level, { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) });
  return { log, lines };
};

it('writes one JSON object a line, with the level as a word', () => {
  const { log, lines } = captured('info');
  log.info('Nest created', { nestId: 'n' });
  log.warn('LiveKit is slow');
  expect(lines).toMatchObject([
    { level: 'info', msg: 'Nest created', nestId: 'n' },
    { level: 'warn', msg: 'LiveKit is slow' },
  ]);
  expect(lines[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

it('writes an error with its cause, and nothing below its level', () => {
  const { log, lines } = captured('info');
  log.error('Failed', { error: new Error('outer', { cause: new Error('inner') }) });
  log.debug('not of interest');
  expect(lines).toHaveLength(1);
  expect(JSON.stringify(lines)).toContain('inner');
});

it('hides what should not have been handed to it', () => {
  const { log, lines } = captured('debug');
  log.debug('careless', {
    token: 'T0K',
    headers: { authorization: 'Nostr T0K' },
    session: 'T0K',
    secret: 'T0K',
  });
  expect(JSON.stringify(lines)).not.toContain('T0K');
});

it('writes of an error what it is, not what a library hung on it', () => {
  const { log, lines } = captured('info');
  const refused = Object.assign(new Error('WRONGPASS invalid username-password pair'), {
    name: 'ReplyError',
    code: 'WRONGPASS',
    command: { name: 'auth', args: ['default', 'P4SSW0RD'] },
  });
  log.warn('Redis is away', { error: refused });
  log.error('Failed', { error: new Error('outer', { cause: refused }) });
  expect(JSON.stringify(lines)).not.toContain('P4SSW0RD');
  const known = { type: 'ReplyError', message: refused.message, code: 'WRONGPASS' };
  expect(lines).toMatchObject([{ error: known }, { error: { message: 'outer', cause: known } }]);
});

it('writes errors that cause each other, and what was thrown without being one', () => {
  const { log, lines } = captured('info');
  const error = new Error('round');
  error.cause = error;
  log.warn('Failed', { error });
  log.warn('Failed', { error: 'just words' });
  expect(lines).toMatchObject([{ error: { message: 'round' } }, { error: 'just words' }]);
});
