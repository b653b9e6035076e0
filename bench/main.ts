/**
 * What Nests promises of its API, measured in one go: joins beside the servers of the generations before it (P4, P5), what a join costs
 * the main thread (P6), and joins at their own times in a full house (P23). Run with `npm run bench` after a build, on a machine with two
 * cores and nothing else to do. With `BENCH_PROFILE=1` it prints where the time goes instead.
 */
import { measureJoins } from './joins.ts';
import { endAll, stayBeside } from './load/processes.ts';
import { measureMainThread } from './main-thread.ts';
import { measureOpenLoop } from './open-loop.ts';
import { printProfiles } from './profile.ts';
import { printTable, say, type Figure } from './report.ts';

process.once('exit', endAll);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

stayBeside();
if (process.env['BENCH_PROFILE'] === '1') {
  await printProfiles();
} else {
  const figures: Figure[] = [];
  for (const measure of [measureJoins, measureMainThread, measureOpenLoop])
    figures.push(...(await measure()));
  say('done');
  printTable(figures);
}
