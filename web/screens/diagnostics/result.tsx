import { Check, CircleDashed, LoaderCircle, Minus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DiagnosticsReport, DiagnosticStep } from '../../nest/task-types.ts';
import { classes } from '../../ui/classes.ts';

const icons: Record<DiagnosticStep['state'], ReactNode> = {
  waiting: <CircleDashed className="text-muted" />,
  running: <LoaderCircle className="animate-spin text-straw-text" />,
  good: <Check className="text-speaking-text" />,
  bad: <X className="text-danger" />,
  skipped: <Minus className="text-muted" />,
};

/** The steps of a run one by one, then one diagnosis and one next step. */
export function DiagnosticsResult({ report }: { report: DiagnosticsReport }) {
  const { t } = useTranslation('diagnostics');
  return (
    <div className="flex flex-col gap-4">
      <ol aria-label={t('steps')}>
        {report.steps.map((step) => (
          <Step key={step.id} step={step} />
        ))}
      </ol>
      {report.diagnosis && (
        <div role="status" className="border-s-4 border-straw ps-4">
          <p className="font-semibold">{t(`diagnosis.${report.diagnosis}.title`, report.values)}</p>
          <p className="text-sm text-muted">{t(`diagnosis.${report.diagnosis}.next`, report.values)}</p>
        </div>
      )}
    </div>
  );
}

function Step({ step }: { step: DiagnosticStep }) {
  const { t } = useTranslation('diagnostics');
  return (
    <li className="flex min-h-10 items-start gap-3 border-t border-line py-2 text-sm first:border-t-0">
      <span aria-hidden className="shrink-0 pt-0.5 [&_svg]:size-5">
        {icons[step.state]}
      </span>
      <span className="min-w-0 flex-1">
        <span className={classes('block', step.state === 'bad' && 'font-semibold')}>
          {t(`step.${step.id}`)}
        </span>
        {step.fact !== null && <span className="block text-xs text-muted">{step.fact}</span>}
      </span>
      <span className="sr-only">{t(`state.${step.state}`)}</span>
      {step.ms !== null && (
        <span className="tabular shrink-0 text-xs leading-6 text-muted">{t('ms', { ms: step.ms })}</span>
      )}
    </li>
  );
}
