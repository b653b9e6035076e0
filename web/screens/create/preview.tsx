import { useTranslation } from 'react-i18next';
import { dayAndTime } from '../../i18n/time.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { Badge } from '../../ui/badge.tsx';
import { tintOf, tintStyle } from '../../ui/tint.ts';
import { Bowl, cardShape, Cover } from '../lobby/card-parts.tsx';
import { usePerson } from '../people.ts';
import { hashtagsOf, type Draft } from './draft.ts';

/** The nest's card as the lobby will show it. Decoration: it says nothing that the fields do not say. */
export function Preview({ draft, host, now }: { draft: Draft; host: string | null; now: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const person = usePerson(host);
  const starts = Date.parse(draft.starts);
  const planned = draft.when === 'later';
  const when = Number.isNaN(starts) ? t('create:later') : dayAndTime(starts, now, language);
  const image = draft.image.trim();
  return (
    <div aria-hidden className="max-lg:hidden">
      <p className="mb-2 text-xs font-semibold text-muted">{t('create:preview')}</p>
      <div className={cardShape} style={tintStyle(tintOf(draft.color, 'preview'))}>
        <Badge tone={planned ? 'straw' : 'speaking'} dot>
          {planned ? when : t('lobby:live')}
        </Badge>
        <div className="flex items-start gap-3">
          <div className="min-w-0 flex-1">
            <p className="line-clamp-2 font-title text-lg font-semibold">
              {draft.title.trim() || <span className="text-muted">{t('create:title')}</span>}
            </p>
            {person?.label !== undefined && (
              <p className="mt-1.5 truncate text-sm text-muted">{t('lobby:with', { name: person.label })}</p>
            )}
          </div>
          {image.startsWith('https://') && <Cover key={image} src={image} large={false} />}
        </div>
        <p className="min-h-5 truncate text-xs text-muted">
          {hashtagsOf(draft.hashtags)
            .map((tag) => `#${tag}`)
            .join(' ')}
        </p>
        <Bowl seed="preview" people={host === null ? [] : [host]} large={false} />
      </div>
    </div>
  );
}
