import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarFile } from './calendar.ts';

const entry = {
  id: 'one',
  title: 'Ask a relay operator anything; slowly, please',
  description: 'Bring\nquestions',
  url: 'https://here.example/nest/one',
  starts: Date.UTC(2026, 2, 10, 20, 0),
};
const NOW = Date.UTC(2026, 2, 1);

/** The reader's half: unfolded lines as a map. */
function read(file: string): Map<string, string> {
  const lines = file.replace(/\r\n /g, '').split('\r\n');
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

describe('the calendar file of a planned nest', () => {
  it('tells when in universal time, for an hour', () => {
    const lines = read(calendarFile(entry, NOW));
    expect(lines.get('DTSTART')).toBe('20260310T200000Z');
    expect(lines.get('DTEND')).toBe('20260310T210000Z');
    expect(lines.get('URL')).toBe(entry.url);
  });

  it('escapes what has a meaning in the format', () => {
    expect(calendarFile(entry, NOW)).toContain('SUMMARY:Ask a relay operator anything\\; slowly\\, please');
  });

  it('lets no title or summary add a line of its own, and folds long lines between characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const file = calendarFile({ ...entry, title: text, description: text }, NOW);
        for (const line of file.split('\r\n')) {
          const bytes = Buffer.from(line);
          expect(bytes.length).toBeLessThanOrEqual(75);
          expect(bytes.toString()).toBe(line);
        }
        const lines = file.replace(/\r\n /g, '').split('\r\n');
        expect(lines.filter((line) => line.startsWith('SUMMARY:'))).toHaveLength(1);
        expect(lines).toHaveLength(19);
      }),
    );
  });
});
