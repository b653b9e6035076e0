/** The mark: two in a nest. Decoration; the word beside it or the link around it carries the name. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 32 32" className="shrink-0">
      <circle cx="12.6" cy="11.4" r="4.2" fill="var(--text)" />
      <circle cx="20.2" cy="10.6" r="4.2" fill="var(--muted)" />
      <g fill="none" stroke="var(--straw)" strokeLinecap="round" strokeWidth="2.3">
        <path d="M3.2 14.2C5 22.4 9.6 26.9 16 26.9S27 22.4 28.8 14.2" />
        <path d="M5.4 12.6C7 19.4 10.6 23 16 23s9-3.6 10.6-10.4" />
        <path d="M7.6 23.4c2.2 3.6 5 5.4 8.4 5.4s6.2-1.8 8.4-5.4" strokeWidth="1.5" />
      </g>
    </svg>
  );
}
