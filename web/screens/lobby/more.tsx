import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';

/** The beginning of a long list, and how much of it is not shown. */
export interface Some<Item> {
  shown: readonly Item[];
  left: number;
  showMore: () => void;
}

/** Shows a list in portions: thousands of nests are announced, and nobody reads them all. */
export function useSome<Item>(all: readonly Item[], portion: number): Some<Item> {
  const [count, setCount] = useState(portion);
  return {
    shown: all.slice(0, count),
    left: Math.max(0, all.length - count),
    showMore: () => setCount(count + portion),
  };
}

/** The way to the rest of a list, where there is a rest. */
export function More({ left, showMore }: Some<unknown>) {
  const { t } = useTranslation();
  if (left === 0) return null;
  return (
    <div className="mt-4 flex justify-center">
      <Button onClick={showMore}>{t('lobby:more', { count: left })}</Button>
    </div>
  );
}
