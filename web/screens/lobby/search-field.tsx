import { Search } from 'lucide-react';
import { useTranslation } from 'react-i18next';

/** The lobby's search: filters while typing, Escape empties it. */
export function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  return (
    <search className="relative block">
      <Search
        aria-hidden
        className="pointer-events-none absolute start-4 top-1/2 size-4.5 -translate-y-1/2 text-muted"
      />
      <input
        type="search"
        aria-label={t('lobby:search')}
        placeholder={t('lobby:search')}
        value={value}
        maxLength={100}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onChange('');
        }}
        className="h-11 w-full rounded-full border border-edge bg-surface ps-11 pe-4 text-base transition hover:border-muted [&::-webkit-search-cancel-button]:appearance-none"
      />
    </search>
  );
}
