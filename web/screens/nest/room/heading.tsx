/** A quiet heading of a list, with how many there are. */
export function Heading({ text, count }: { text: string; count: number }) {
  return (
    <h2 className="flex items-baseline gap-1.5 font-text text-sm font-semibold tracking-normal text-muted">
      {text}
      <span aria-hidden>·</span>
      <span className="tabular">{count}</span>
    </h2>
  );
}
