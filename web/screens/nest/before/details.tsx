import { useStore } from '@nanostores/react';
import { ChevronDown } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { NestFailure } from '../../../nest/session-types.ts';
import { useNest } from '../screen-ports.ts';
import { createdText } from '../parts/time-text.ts';
import { useLocale } from '../use-locale.ts';

/** The facts behind a failure, kept live: what exists and what does not. Open from the start. */
export function Details({ failure }: { failure: NestFailure }) {
  const { t } = useTranslation('failed');
  const locale = useLocale();
  const { session } = useNest();
  const { roomId, status, createdAt, ageS, event, record, room } = useStore(session.$details);
  const { serverCode, requestId, status: httpStatus } = failure.details;
  const created = createdAt === null ? t('unknown') : createdText(createdAt * 1000, locale);
  const age = ageS === null ? t('unknown') : t('seconds', { count: ageS });
  return (
    <details open className="group rounded-md bg-raised text-xs">
      <summary className="flex min-h-11 cursor-pointer list-none items-center justify-between rounded-md px-4 font-semibold [&::-webkit-details-marker]:hidden">
        {t('details')}
        <ChevronDown aria-hidden className="size-4 transition group-open:rotate-180" />
      </summary>
      <div className="tabular grid gap-x-6 gap-y-1 px-4 pb-3 sm:grid-cols-2">
        <p className="sm:col-span-2">
          {t('roomId')}: <span dir="ltr">{roomId}</span>
        </p>
        <p>{t('status', { status })}</p>
        <p>{t('created', { when: created })}</p>
        <p>{t('age', { age })}</p>
        <Existence what={t('event')} exists={event} />
        <Existence what={t('record')} exists={record} />
        <Existence what={t('room')} exists={room} />
        {httpStatus !== undefined && (
          <p>
            {t('httpStatus')}: {httpStatus}
          </p>
        )}
        {serverCode !== undefined && (
          <p>
            {t('code')}: <span dir="ltr">{serverCode}</span>
          </p>
        )}
        {requestId !== undefined && (
          <p className="sm:col-span-2">
            {t('request')}: <span dir="ltr">{requestId}</span>
          </p>
        )}
      </div>
    </details>
  );
}

function Existence({ what, exists }: { what: string; exists: boolean | null }) {
  const { t } = useTranslation('failed');
  const words = exists === null ? 'checking' : exists ? 'exists' : 'missing';
  return (
    <p>
      {what}: <span aria-hidden>{exists === null ? '…' : exists ? '✅' : '❌'}</span>
      <span className="sr-only">{t(`existence.${words}`)}</span>
    </p>
  );
}
