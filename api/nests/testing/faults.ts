/** What happens to one call of a dependency: it works, fails without effect, or has its effect and fails all the same. */
export type Fate = 'ok' | 'lost before' | 'lost after';

/** Decides the fate of each call; it may also take its time. */
export type Gate = (call: string) => Promise<Fate> | Fate;

/** Failures on order: everything, or the next call of one name. */
export class Faults {
  /** nothing gets through */
  down = false;
  /** decides about every call that nothing else was ordered for */
  gate: Gate = () => 'ok';
  readonly #next = new Map<string, Fate[]>();
  readonly #makeError: (call: string) => Error;

  /** @param makeError the error of an outage */
  constructor(makeError: (call: string) => Error) {
    this.#makeError = makeError;
  }

  /** Orders the fate of the next call of this name (and of the next but one, …). */
  next(call: string, ...fates: Fate[]): void {
    this.#next.set(call, [...(this.#next.get(call) ?? []), ...fates]);
  }

  /** Does the work, as far as fate lets it. */
  async through<T>(call: string, work: () => T | Promise<T>): Promise<T> {
    const fate = this.down ? 'lost before' : (this.#ordered(call) ?? (await this.gate(call)));
    return this.#meet(fate, call, work);
  }

  /** The same for work that needs no line to anywhere: it fails only on order. */
  async here<T>(call: string, work: () => T): Promise<T> {
    return this.#meet(this.#ordered(call) ?? 'ok', call, work);
  }

  #ordered(call: string): Fate | undefined {
    return this.#next.get(call)?.shift();
  }

  async #meet<T>(fate: Fate, call: string, work: () => T | Promise<T>): Promise<T> {
    if (fate === 'lost before') throw this.#makeError(call);
    const result = await work();
    if (fate === 'lost after') throw this.#makeError(call);
    return result;
  }
}
