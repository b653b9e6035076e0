import { Check, Copy, LoaderCircle, Stethoscope } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Diagnostics } from '../../nest/task-types.ts';
import { Button } from '../../ui/button.tsx';
import { toast } from '../../ui/toast.tsx';
import { usePageTitle } from '../shell/page-title.ts';
import { DiagnosticsResult } from './result.tsx';
import { summaryText } from './summary.ts';
import { useRun } from './use-run.ts';
import { Troubleshooting } from './troubleshooting.tsx';

/** What a DiagnosticsPage takes. */
export interface DiagnosticsPageProps {
  /** The nest to look at too; null = the server alone. */
  roomId: string | null;
  start: () => Promise<Diagnostics>;
  /** A run that is already under way. */
  started?: Diagnostics;
}

/** The diagnostics with room to read: steps one by one, the diagnosis, a report to copy, and what people can try themselves. */
export function DiagnosticsPage({ roomId, start, started }: DiagnosticsPageProps) {
  const { t } = useTranslation('diagnostics');
  const { run, report } = useRun(
    start,
    (found) => {
      if (roomId !== null) toast(summaryText(t, found));
    },
    started,
  );
  usePageTitle(t('title'));
  const running = report?.running ?? false;
  return (
    <main
      id="main"
      tabIndex={-1}
      className="measure grid gap-x-16 gap-y-10 py-6 outline-none lg:grid-cols-[3fr_2fr]"
    >
      <div>
        <h1 className="text-2xl">{t('title')}</h1>
        <p className="mt-2 max-w-prose text-muted">{t('intro')}</p>
        {roomId !== null && (
          <p className="mt-2 text-sm text-muted">
            {t('forNest')} <span dir="ltr">{roomId}</span>
          </p>
        )}
        <div className="mt-5 mb-6 flex flex-wrap gap-3">
          <Button
            look="main"
            icon={running ? <LoaderCircle className="animate-spin" /> : <Stethoscope />}
            busy={running}
            onClick={run}
          >
            {running ? t('running') : t('run')}
          </Button>
          {report && !running && <CopyReport text={report.text} />}
        </div>
        {report && <DiagnosticsResult report={report} />}
      </div>
      <Troubleshooting />
    </main>
  );
}

function CopyReport({ text }: { text: string }) {
  const { t } = useTranslation('diagnostics');
  const [copied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => toast(t('copyFailed'), undefined, { tone: 'error' }),
    );
  return (
    <Button icon={copied ? <Check /> : <Copy />} onClick={() => void copy()}>
      {copied ? t('copied') : t('copy')}
    </Button>
  );
}
