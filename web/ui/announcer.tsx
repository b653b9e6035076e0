import { useStore } from '@nanostores/react';
import { atom } from 'nanostores';

/** Whether an announcement waits for the reader to finish (`polite`) or interrupts (`assertive`, for errors). */
export type Urgency = 'polite' | 'assertive';

interface Announcement {
  id: number;
  text: string;
}

const HEARD_AFTER_MS = 4_000;
let count = 0;
const $said = { polite: atom<Announcement[]>([]), assertive: atom<Announcement[]>([]) };

/** Says something once to people with a screen reader. Nothing is shown. */
export function announce(text: string, urgency: Urgency = 'polite'): void {
  const said = { id: ++count, text };
  const lines = $said[urgency];
  lines.set([...lines.get(), said]);
  setTimeout(() => lines.set(lines.get().filter((line) => line !== said)), HEARD_AFTER_MS);
}

/** The two live regions that `announce` speaks through; once per page. */
export function Announcer() {
  return (
    <>
      <Region urgency="polite" />
      <Region urgency="assertive" />
    </>
  );
}

function Region({ urgency }: { urgency: Urgency }) {
  const lines = useStore($said[urgency]);
  return (
    <div className="sr-only" aria-live={urgency} aria-atomic="false" data-announcer={urgency}>
      {lines.map((line) => (
        <p key={line.id}>{line.text}</p>
      ))}
    </div>
  );
}
