import { useTranslation } from 'react-i18next';
import { Segmented } from '../../ui/segmented.tsx';

/** What Following takes. */
export interface FollowingProps {
  /** Only nests of people one follows are shown. */
  only: boolean;
  onChange: (only: boolean) => void;
}

/** The choice between everybody's nests and those of people one follows. */
export function Following({ only, onChange }: FollowingProps) {
  const { t } = useTranslation();
  return (
    <Segmented
      label={t('lobby:whose')}
      value={only ? 'following' : 'all'}
      onChange={(value) => onChange(value === 'following')}
      options={[
        { value: 'following', label: t('lobby:following') },
        { value: 'all', label: t('lobby:all') },
      ]}
    />
  );
}
