import { useEffect } from 'react';

/** Names the page in the tab: "<title> · Nests", or the bare name without a title. */
export function usePageTitle(title?: string): void {
  useEffect(() => {
    document.title = title === undefined || title === '' ? 'Nests' : `${title} · Nests`;
  }, [title]);
}
