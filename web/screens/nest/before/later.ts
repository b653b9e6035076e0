import { lazyScreen } from '../../lazy-screen.ts';

const loadPlanned = () => import('./planned.tsx');

/** Why one is not in. */
export const ErrorPanel = lazyScreen(async () => (await import('./error-panel.tsx')).ErrorPanel, 'failed');
/** The time that is left before a planned nest. */
export const Countdown = lazyScreen(async () => (await loadPlanned()).Countdown, 'planned');
/** What can be done about a planned nest. */
export const PlannedEntry = lazyScreen(async () => (await loadPlanned()).PlannedEntry, 'planned');
