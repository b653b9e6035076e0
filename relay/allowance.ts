/** A budget that refills by time (token bucket): short bursts pass, a flood does not. */
export class Allowance {
  private left: number;
  private filledAt: number;

  /**
   * @param perSecond how much comes back each second
   * @param burst how much can be saved up
   * @param now the clock, in milliseconds
   */
  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    private readonly now: () => number = Date.now,
  ) {
    this.left = burst;
    this.filledAt = now();
  }

  /** Takes one; false when none is left. */
  take(): boolean {
    const now = this.now();
    const refill = (Math.max(0, now - this.filledAt) / 1000) * this.perSecond;
    this.left = Math.min(this.burst, this.left + refill);
    this.filledAt = now;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
