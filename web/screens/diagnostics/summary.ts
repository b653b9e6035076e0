import type { TFunction } from 'i18next';
import type { DiagnosticsReport } from '../../nest/task-types.ts';

const sign = (found: boolean | null) => (found ? '✅' : '❌');

/** The line of the toast: `Room exists: ✅|❌ | Guest access: ✅|❌`. What could not be found out counts as no. */
export function summaryText(
  t: TFunction<'diagnostics'>,
  { roomExists, guestAccess }: Pick<DiagnosticsReport, 'roomExists' | 'guestAccess'>,
): string {
  return t('summary', { room: sign(roomExists), guest: sign(guestAccess) });
}
