/** One figure beside what Nests holds itself to. */
export interface Figure {
  /** what was measured, with the name of its promise (TARGETS) */
  what: string;
  found: number;
  unit: 'times' | 'µs' | 'ms';
  target: number;
  /** whether the target is a floor or a ceiling */
  wanted: 'at least' | 'at most';
  /** what the figure is made of */
  because: string;
}

/** A line that says what is being done, with the seconds since the start. */
export function say(doing: string): void {
  console.log(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${doing}`);
}

/** The closing table: figure, target, met or not. */
export function printTable(figures: Figure[]): void {
  const rows = figures.map((figure) => {
    const { what, found, unit, target, wanted, because } = figure;
    const isMet = wanted === 'at least' ? found >= target : found <= target;
    const shown = unit === 'times' ? found.toFixed(2) : found.toFixed(unit === 'ms' ? 1 : 0);
    return [
      what,
      `${shown} ${unit}`,
      `${wanted === 'at least' ? '≥' : '≤'} ${target} ${unit}`,
      isMet ? 'met' : 'NOT met',
      because,
    ];
  });
  const lines = [['figure', 'found', 'target', '', 'made of'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  console.log('');
  for (const line of lines)
    console.log(line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}

/** A whole number above 0 from the environment, to shrink a run. */
export function sizeFrom(name: string, normally: number): number {
  const text = process.env[name];
  if (text === undefined) return normally;
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`${name} must be a whole number above 0, not "${text}"`);
  return Number(text);
}
