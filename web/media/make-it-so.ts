/**
 * One serialised "make it so" for one resource: say what is wanted as often as you like, at most one `apply` runs at a time, and it always
 * runs for the newest wish. Two overlapping changes of one resource are where most bugs of this field come from.
 *
 * `apply` rejects when a wish cannot be fulfilled; only those who still want it are told.
 */
export class MakeItSo<T> {
  readonly #apply: (wish: T) => Promise<void>;
  #wish: { value: T } | null = null;
  #running: Promise<void> | null = null;

  constructor(apply: (wish: T) => Promise<void>) {
    this.#apply = apply;
  }

  /** Ends when this wish, or a newer one in its place, has been applied; rejects when the last one failed. */
  want(value: T): Promise<void> {
    this.#wish = { value };
    this.#running ??= this.#run();
    return this.#running;
  }

  /** True while something is being applied. */
  get busy(): boolean {
    return this.#running !== null;
  }

  async #run(): Promise<void> {
    // Let a burst of wishes in one turn of the event loop count as one.
    await Promise.resolve();
    let failure: { cause: unknown } | null = null;
    while (this.#wish) {
      const { value } = this.#wish;
      this.#wish = null;
      failure = await this.#apply(value).then(
        () => null,
        (cause: unknown) => ({ cause }),
      );
    }
    this.#running = null;
    if (failure) throw failure.cause;
  }
}
