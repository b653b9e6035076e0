const REMEMBERED = 10_000;

/** When LiveKit last sent a webhook about a nest, for the diagnostics; forgets the oldest beyond ten thousand. */
export class Seen {
  private readonly at = new Map<string, number>();

  /** Remembers one webhook; `now` in unix ms. */
  note(nestId: string, now: number): void {
    this.at.delete(nestId);
    this.at.set(nestId, now);
    if (this.at.size > REMEMBERED) this.at.delete(this.at.keys().next().value ?? '');
  }

  /** Unix ms, if there was one. */
  last(nestId: string): number | undefined {
    return this.at.get(nestId);
  }
}
