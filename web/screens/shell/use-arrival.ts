import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';

/**
 * What a page load does by itself and a single-page app has to do: after going to another address the focus is on the
 * new screen's `#main` and the page is at its top. Going back keeps the place where one was.
 */
export function useArrival(): void {
  const [path] = useLocation();
  const last = useRef(path);
  const wentBack = useRef(false);

  useEffect(() => {
    const back = () => (wentBack.current = true);
    window.addEventListener('popstate', back);
    return () => window.removeEventListener('popstate', back);
  }, []);

  useEffect(() => {
    if (last.current === path) return;
    last.current = path;
    if (!wentBack.current) window.scrollTo(0, 0);
    wentBack.current = false;
    return whenMainIsHere((main) => {
      // A screen that has put the focus somewhere itself knows better.
      if (!main.contains(document.activeElement)) main.focus({ preventScroll: true });
    });
  }, [path]);
}

/** Calls back once with the screen's `#main`, now or when its code has come; returns the way to stop waiting. */
function whenMainIsHere(found: (main: HTMLElement) => void): () => void {
  const look = () => {
    const main = document.getElementById('main');
    if (main) {
      waiting.disconnect();
      found(main);
    }
    return main !== null;
  };
  const waiting = new MutationObserver(look);
  if (!look()) waiting.observe(document.body, { childList: true, subtree: true });
  return () => waiting.disconnect();
}
