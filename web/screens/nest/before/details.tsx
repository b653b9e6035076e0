import { useStore } from '@nanostores/react';
import { ChevronDown } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { NestFailure } from '../../../nest/session-types.ts';
import { useNest } from '../screen-ports.ts';
import { createdText } from '../parts/time-text.ts';
import { useLocale } from '../use-locale.ts';

/** The facts behind a failure, kept live: what exists and what does not. Open from the start. */
export function Details({ failure }: { failure: NestFailure }) {
  const { t } = useTranslation('nest');
  const locale = useLocale();
  const { session } = useNest();
  const { roomId, status, createdAt, ageS, event, record, room } = useStore(session.$details);
  const { serverCode, requestId, status: httpStatus } = failure.details;
  const created = createdAt === null ? t('error.unknown') : createdText(createdAt * 1000, locale);
  const age = ageS === null ? t('error.unknown') : t('error.seconds', { count: ageS });
  return (
    <details open className="group rounded-md bg-raised text-xs">
      <summary className="flex min-h-11 cursor-pointer list-none items-center justify-between rounded-md px-4 font-semibold [&::-webkit-details-marker]:hidden">
        {t('error.details')}
        <ChevronDown aria-hidden className="size-4 transition group-open:rotate-180" />
      </summary>
      <div className="tabular grid gap-x-6 gap-y-1 px-4 pb-3 sm:grid-cols-2">
        <p className="sm:col-span-2">
          {t('error.roomId')}: <span dir="ltr">{roomId}</span>
        </p>
        <p>{t('error.status', { status })}</p>
        <p>{t('error.created', { when: created })}</p>
        <p>{t('error.age', { age })}</p>
        <Existence what={t('error.event')} exists={event} />
        <Existence what={t('error.record')} exists={record} />
        <Existence what={t('error.room')} exists={room} />
        {httpStatus !== undefined && (
          <p>
            {t('error.httpStatus')}: {httpStatus}
          </p>
        )}
        {serverCode !== undefined && (
          <p>
            {t('error.code')}: <span dir="ltr">{serverCode}</span>
          </p>
        )}
        {requestId !== undefined && (
          <p className="sm:col-span-2">
            {t('error.request')}: <span dir="ltr">{requestId}</span>
          </p>
        )}
      </div>
    </details>
  );
}

function Existence({ what, exists }: { what: string; exists: boolean | null }) {
  const { t } = useTranslation('nest');
  const words = exists === null ? 'checking' : exists ? 'exists' : 'missing';
  return (
    <p>
      {what}: <span aria-hidden>{exists === null ? '…' : exists ? '✅' : '❌'}</span>
      <span className="sr-only">{t(`error.${words}`)}</span>
    </p>
  );
}
