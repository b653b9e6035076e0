import type { DiagnosisCode } from '../nest/task-types.ts';

/** The states of the diagnostics page and what they have found; null = still running. */
export const DIAGNOSTICS_FOUND: Readonly<Record<string, DiagnosisCode | null>> = {
  'diagnostics-running': null,
  'diagnostics-bad': 'token_trouble',
  'diagnostics-good': 'all_good',
};

/** Their names. */
export const DIAGNOSTICS_NAMES: readonly string[] = Object.keys(DIAGNOSTICS_FOUND);
