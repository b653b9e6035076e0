import { useTranslation } from 'react-i18next';
import { useName } from '../use-name.ts';
import { useLocale } from '../use-locale.ts';

/** Who is on the stage, in one sentence: three names and how many more. */
export function PeopleLine({ pubkeys }: { pubkeys: readonly string[] }) {
  const { t } = useTranslation('nest');
  const locale = useLocale();
  const [first = null, second = null, third = null] = pubkeys;
  const names = [useName(first), useName(second), useName(third)].slice(0, pubkeys.length);
  const more = pubkeys.length - names.length;
  if (names.length === 0) return null;
  const parts = more > 0 ? [...names, t('before.others', { count: more })] : names;
  return (
    <p dir="auto" className="text-sm text-muted">
      {t('before.onStage', { people: new Intl.ListFormat(locale).format(parts) })}
    </p>
  );
}
