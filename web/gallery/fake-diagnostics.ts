import { atom } from 'nanostores';
import type { DiagnosisCode, Diagnostics, DiagnosticsReport, DiagnosticStep } from '../nest/task-types.ts';

const IDS: DiagnosticStep['id'][] = [
  'health',
  'info',
  'guest',
  'token',
  'signalling',
  'media',
  'event',
  'clock',
  'microphone',
  'server',
];

function stepsFor(code: DiagnosisCode | null): DiagnosticStep[] {
  return IDS.map((id, index): DiagnosticStep => {
    if (code === null && index > 3)
      return { id, state: index === 4 ? 'running' : 'waiting', ms: null, fact: null };
    if (code === 'token_trouble' && id === 'guest') return { id, state: 'bad', ms: 212, fact: 'HTTP 503' };
    if (code === 'token_trouble' && ['token', 'signalling', 'media'].includes(id)) {
      return { id, state: 'skipped', ms: null, fact: null };
    }
    return { id, state: 'good', ms: 12 + index * 9, fact: id === 'media' ? 'UDP and TCP' : null };
  });
}

/** A run that has found what it is told to find; null = still running. */
export function fakeDiagnostics(code: DiagnosisCode | null): Diagnostics {
  const report: DiagnosticsReport = {
    steps: stepsFor(code),
    running: code === null,
    roomExists: true,
    guestAccess: code === 'all_good',
    diagnosis: code,
    values: {},
    text: 'Nests diagnostics\nhealth: good',
  };
  return {
    $report: atom(report),
    done: code === null ? new Promise(() => undefined) : Promise.resolve(report),
    cancel: () => undefined,
  };
}
