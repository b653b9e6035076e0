import { useStore } from '@nanostores/react';
import type { i18n, TFunction } from 'i18next';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Notice, NoticeCode } from '../../nest/session-types.ts';
import { toast } from '../../ui/toast.tsx';
import { useNest } from './screen-ports.ts';

function noticeText(
  t: TFunction<'errors'>,
  words: i18n,
  notice: Notice,
): { title: string; text: string | undefined } {
  const code: NoticeCode = notice.code;
  return {
    title: t(`notice.${code}.title`, notice.values),
    text:
      code === 'joined_as_guest'
        ? t('notice.joined_as_guest.text')
        : reasonText(words, notice.values['code']),
  };
}

/** What the catalogue says about a code of the API or of ours; nothing about one that it does not know. */
export function reasonText(words: i18n, code: string | number | undefined): string | undefined {
  return [`${code}`, `failure.${code}.sentence`]
    .map((key): unknown => words.getResource(words.language, 'errors', key))
    .find((said) => typeof said === 'string');
}

/** The words of a notice. */
export function useNoticeText(notice: Notice): { title: string; text: string | undefined } {
  const { t, i18n: words } = useTranslation('errors');
  return noticeText(t, words, notice);
}

/** Shows the session's toasts, each once; what is a line stands in the nest itself. */
export function useNotices(): void {
  const { t, i18n: words } = useTranslation('errors');
  const { session } = useNest();
  const notice = useStore(session.$notice);
  useEffect(() => {
    if (notice?.kind !== 'toast') return;
    const { title, text } = noticeText(t, words, notice);
    toast(title, text, { tone: notice.tone === 'assertive' ? 'error' : 'plain' });
    // The words belong to the notice: another language must not say it again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [notice]);
}
