import { lazy } from 'react';

const loadPlanned = () => import('./planned.tsx');

/** Why one is not in. */
export const ErrorPanel = lazy(async () => ({ default: (await import('./error-panel.tsx')).ErrorPanel }));
/** The time that is left before a planned nest. */
export const Countdown = lazy(async () => ({ default: (await loadPlanned()).Countdown }));
/** What can be done about a planned nest. */
export const PlannedEntry = lazy(async () => ({ default: (await loadPlanned()).PlannedEntry }));
