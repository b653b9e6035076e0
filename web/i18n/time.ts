/** Times as people say them, in the language of the page and the clock of the device. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long something has lasted, in its largest unit: "52 min", "2 hr", "3 days". `ms` below a minute counts as one. */
export function duration(ms: number, language: string): string {
  const [unit, size] =
    ms < HOUR
      ? (['minute', MINUTE] as const)
      : ms < DAY
        ? (['hour', HOUR] as const)
        : (['day', DAY] as const);
  const amount = Math.max(1, Math.floor(ms / size));
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(amount);
}

/** How long ago, roughly: "now", "5 minutes ago", "yesterday". */
export function ago(ms: number, language: string): string {
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  if (ms < MINUTE) return words.format(0, 'second');
  if (ms < HOUR) return words.format(-Math.floor(ms / MINUTE), 'minute');
  if (ms < DAY) return words.format(-Math.floor(ms / HOUR), 'hour');
  return words.format(-Math.floor(ms / DAY), 'day');
}

/** The clock time of a moment on this device: "20:00" or "8:00 PM". `at` and `now` in ms. */
export function clockTime(at: number, language: string): string {
  return new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' }).format(at);
}

/** The day and time of a moment: "Today, 20:00", "Tomorrow, 9:00", "Fri, 20:00", "12 Dec, 20:00". */
export function dayAndTime(at: number, now: number, language: string): string {
  const days = Math.round((startOfDay(at) - startOfDay(now)) / DAY);
  const time = clockTime(at, language);
  return `${dayName(at, days, language)}, ${time}`;
}

function dayName(at: number, days: number, language: string): string {
  if (Math.abs(days) <= 1) {
    const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(days, 'day');
    return words.charAt(0).toLocaleUpperCase(language) + words.slice(1);
  }
  const format: Intl.DateTimeFormatOptions =
    days > 1 && days < 7 ? { weekday: 'short' } : { day: 'numeric', month: 'short' };
  return new Intl.DateTimeFormat(language, format).format(at);
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
