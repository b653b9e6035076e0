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
