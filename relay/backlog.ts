/** Counts what waits, in all, for clients who read slower than they ask. */
export class Backlog<Client> {
  private readonly waiting = new Map<Client, number>();
  private total = 0;

  /** @param most bytes that may wait for all clients together */
  constructor(private readonly most: number) {}

  /**
   * Notes how much waits for a client now.
   * @returns where that is too much in all, the client for whom most is waiting
   */
  note(client: Client, bytes: number): Client | null {
    this.total += bytes - (this.waiting.get(client) ?? 0);
    if (bytes > 0) this.waiting.set(client, bytes);
    else this.waiting.delete(client);
    if (this.total <= this.most) return null;
    return [...this.waiting].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
  }
}
