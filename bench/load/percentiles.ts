/** Median, 99th percentile and longest of times in ms; sorts them. */
export function percentiles(times: Float64Array): { p50: number; p99: number; max: number } {
  times.sort();
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: times.at(-1) ?? 0 };
}
