import { useEffect, useRef, useState, type RefObject } from 'react';

/** This close to the end (px) counts as the end. */
const NEAR_END = 48;

/** Where one is in a list that grows at its end. */
export interface ListEnd {
  toEnd: () => void;
  onScroll: () => void;
  /** How many entries came while one reads above; 0 at the end. */
  below: number;
}

/**
 * Keeps the newest entry in sight while one is at the end, whatever makes the list or its frame larger, and counts what comes while one
 * reads above.
 */
export function useEnd(
  frame: RefObject<HTMLElement | null>,
  list: RefObject<HTMLElement | null>,
  count: number,
): ListEnd {
  const atEnd = useRef(true);
  /** How many there were when one left the end; null at the end. */
  const [left, setLeft] = useState<number | null>(null);
  const toEnd = () => frame.current?.scrollTo({ top: frame.current.scrollHeight });
  useEffect(() => {
    const [box, content] = [frame.current, list.current];
    if (!box || !content) return;
    const follow = new ResizeObserver(() => {
      if (atEnd.current) box.scrollTo({ top: box.scrollHeight });
    });
    follow.observe(box);
    follow.observe(content);
    return () => follow.disconnect();
  }, [frame, list]);
  const onScroll = () => {
    const box = frame.current;
    if (!box) return;
    atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
    setLeft((before) => (atEnd.current ? null : (before ?? count)));
  };
  return { toEnd, onScroll, below: left === null ? 0 : Math.max(0, count - left) };
}
