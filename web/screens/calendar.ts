/** A planned nest as a calendar knows it. Times in ms. */
export interface CalendarEntry {
  id: string;
  title: string;
  description: string;
  url: string;
  starts: number;
}

const AN_HOUR = 3_600_000;

/** The text of an iCalendar file (RFC 5545) with one entry of an hour, reminded ten minutes before. */
export function calendarFile(entry: CalendarEntry, now: number): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Nests//Nests//EN',
    'BEGIN:VEVENT',
    `UID:${escaped(entry.id)}@nests`,
    `DTSTAMP:${stamp(now)}`,
    `DTSTART:${stamp(entry.starts)}`,
    `DTEND:${stamp(entry.starts + AN_HOUR)}`,
    `SUMMARY:${escaped(entry.title)}`,
    `DESCRIPTION:${escaped(`${entry.description}\n${entry.url}`.trim())}`,
    `URL:${entry.url}`,
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    `DESCRIPTION:${escaped(entry.title)}`,
    'TRIGGER:-PT10M',
    'END:VALARM',
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return lines.map(folded).join('\r\n') + '\r\n';
}

/** Gives the person the entry as a file to open. */
export function downloadCalendar(entry: CalendarEntry): void {
  const file = new Blob([calendarFile(entry, Date.now())], { type: 'text/calendar' });
  downloadFile(file, 'nest.ics');
}

/** Saves a file made in the page. */
export function downloadFile(file: Blob, name: string): void {
  const href = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

function stamp(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n');
}

/** Lines may hold 75 octets; longer ones go on after a line break and a space, never inside a character. */
function folded(line: string): string {
  const encoder = new TextEncoder();
  let out = '';
  let octets = 0;
  for (const character of line) {
    const size = encoder.encode(character).length;
    if (octets + size > 75) {
      out += '\r\n ';
      octets = 1;
    }
    out += character;
    octets += size;
  }
  return out;
}
