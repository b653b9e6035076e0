const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function units(value: number, unit: 'second' | 'minute' | 'hour' | 'day', language: string): string {
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
}

/** How long something took or waits, in one unit: "12 sec", "3 min", "2 hr". `ms` below zero counts as zero (clocks differ). */
export function durationText(ms: number, language: string): string {
  const time = Math.max(0, ms);
  if (time < MINUTE) return units(Math.floor(time / 1000), 'second', language);
  if (time < HOUR) return units(Math.floor(time / MINUTE), 'minute', language);
  if (time < DAY) return units(Math.floor(time / HOUR), 'hour', language);
  return units(Math.floor(time / DAY), 'day', language);
}

/** What a countdown shows: days and hours while it is far, hours, minutes and seconds on the last day. */
export function countdownText(ms: number, language: string): string {
  const left = Math.max(0, Math.ceil(ms / 1000) * 1000);
  if (left >= DAY) {
    const hours = Math.floor((left % DAY) / HOUR);
    const days = units(Math.floor(left / DAY), 'day', language);
    return hours > 0 ? `${days} ${units(hours, 'hour', language)}` : days;
  }
  const two = new Intl.NumberFormat(language, { minimumIntegerDigits: 2 });
  const hours = Math.floor(left / HOUR);
  const minutes = Math.floor((left % HOUR) / MINUTE);
  const seconds = Math.floor((left % MINUTE) / 1000);
  const tail = `${hours > 0 ? two.format(minutes) : String(minutes)}:${two.format(seconds)}`;
  return hours > 0 ? `${String(hours)}:${tail}` : tail;
}

/** The time of a message: the hour today, with the date before that. Both in ms. */
export function messageTime(at: number, now: number, language: string): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(
    language,
    sameDay ? { hour: 'numeric', minute: '2-digit' } : { dateStyle: 'short', timeStyle: 'short' },
  ).format(at);
}

/** A local date with the weekday, for planned nests. `at` in ms. */
export function startText(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: 'numeric',
    minute: '2-digit',
  }).format(at);
}

/** A local date and time for the details section. `at` in ms. */
export function createdText(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(at);
}
