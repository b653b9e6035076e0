import { useStore } from '@nanostores/react';
import { nestPath } from '@nests/protocol/address';
import { LoaderCircle, RotateCw, Stethoscope } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { NestFailure } from '../../../nest/session-types.ts';
import { Button, buttonLook } from '../../../ui/button.tsx';
import { DiagnosticsResult } from '../../diagnostics/result.tsx';
import { useNest } from '../screen-ports.ts';
import { TroubleshootingLink } from '../troubleshooting-link.tsx';
import { useDiagnose } from '../use-diagnose.ts';
import { useRestartNest } from '../use-restart-nest.ts';
import { Details } from './details.tsx';

/** What an ErrorPanel takes. */
export interface ErrorPanelProps {
  failure: NestFailure;
  /** A retry is under way. */
  retrying: boolean;
  onRetry: (() => void) | null;
}

/** Why one is not in: what happened, the one way out, how to find out more, and the facts. */
export function ErrorPanel({ failure, retrying, onRetry }: ErrorPanelProps) {
  const { t } = useTranslation('failed');
  const { t: said } = useTranslation(['errors']);
  const { $me, signIn } = useNest();
  const guest = useStore($me) === null;
  const { run, report } = useDiagnose();
  const wait = failure.details.retryAfterS;
  return (
    <section aria-labelledby="failure" className="mb-8 flex flex-col gap-4 rounded-xl bg-surface p-5 sm:p-6">
      <div role="alert">
        <h2 id="failure" className="text-lg">
          {said(failure.titleKey)}
        </h2>
        <p className="mt-1">{said(failure.sentenceKey)}</p>
        {wait !== undefined && <p className="mt-1 text-sm text-muted">{t('waitSeconds', { count: wait })}</p>}
      </div>
      <WayOut failure={failure} retrying={retrying} onRetry={onRetry} />
      {guest && failure.signInHelps && failure.action !== 'sign_in' && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <p className="min-w-0 flex-1 basis-56 text-sm text-muted">{t('signInHelps')}</p>
          <Button onClick={signIn}>{t('signIn')}</Button>
        </div>
      )}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <Button
          icon={report?.running ? <LoaderCircle className="animate-spin" /> : <Stethoscope />}
          busy={report?.running ?? false}
          onClick={run}
        >
          {report?.running ? t('diagnosing') : t('diagnose')}
        </Button>
        <TroubleshootingLink />
      </div>
      {report && <DiagnosticsResult report={report} />}
      <Details failure={failure} />
    </section>
  );
}

/** For its host a restart is the way out wherever the nest itself is what is missing, not the way to the server. */
function restartHelps({ action, code }: NestFailure): boolean {
  return action === 'restart' || code === 'ended' || code === 'timeout';
}

function WayOut({ failure, retrying, onRetry }: ErrorPanelProps) {
  const { t } = useTranslation('failed');
  const { session, signIn, goHome, publicUrl } = useNest();
  const roomId = useStore(session.$roomId);
  const { restart, busy, error } = useRestartNest(session);
  const wide = 'min-h-12 w-full sm:w-auto sm:self-start';
  if (failure.code === 'wrong_server') {
    return (
      <a className={buttonLook('main', wide)} href={`${publicUrl}${nestPath(roomId)}`}>
        {t('openThere')}
      </a>
    );
  }
  if (busy || (restart && restartHelps(failure))) {
    return (
      <div>
        <Button
          look="main"
          icon={<RotateCw className={busy ? 'animate-spin' : undefined} />}
          busy={busy}
          className={wide}
          onClick={() => void restart?.()}
        >
          {busy ? t('restarting') : t('restart')}
        </Button>
        <p className="mt-2 text-sm text-muted">{t('hostAdvice')}</p>
        {error && (
          <p role="alert" className="mt-2 text-sm text-danger">
            {error.sentence}
          </p>
        )}
      </div>
    );
  }
  if (failure.action === 'retry') {
    return (
      <div>
        <Button
          look="main"
          icon={<RotateCw className={retrying ? 'animate-spin' : undefined} />}
          aria-busy={retrying || undefined}
          disabled={retrying || !onRetry}
          className={wide}
          onClick={() => onRetry?.()}
        >
          {retrying ? t('retrying') : t('retry')}
        </Button>
        {failure.advice && !retrying && <p className="mt-2 text-sm text-muted">{t('advice')}</p>}
      </div>
    );
  }
  return failure.action === 'sign_in' ? (
    <Button look="main" className={wide} onClick={signIn}>
      {t('signIn')}
    </Button>
  ) : (
    <Button look="main" className={wide} onClick={goHome}>
      {t('home')}
    </Button>
  );
}
