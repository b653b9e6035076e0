import { failureOf } from './failures.ts';
import type { HostActions, HostParts } from './host-actions.ts';
import type { NestEdit, NoticeCode } from './session-types.ts';
import { notice } from './state.ts';

/** Fetches what only hosts can do. */
export type LoadHost = () => Promise<{ HostActions: typeof HostActions }>;

/** What only the host may do: fetched as soon as somebody turns out to be one. No method rejects. */
export class HostDesk {
  readonly #load: LoadHost;
  readonly #parts: HostParts;
  #actions: Promise<HostActions> | null = null;

  constructor(load: LoadHost, parts: HostParts) {
    this.#load = load;
    this.#parts = parts;
  }

  /** Fetch it now, so that it is there when the network is not. */
  prepare(): void {
    this.#get().catch(() => undefined);
  }

  /** Restart, and be connected again without another click. */
  async restart(): Promise<void> {
    const { $restarting, $restartError } = this.#parts.state;
    if ($restarting.get()) return;
    $restarting.set(true);
    $restartError.set(null);
    try {
      await (await this.#get()).restart();
    } catch (cause) {
      $restartError.set(failureOf(cause, true));
    } finally {
      $restarting.set(false);
    }
  }

  /** Open a planned nest. */
  start(): Promise<void> {
    return this.#try('start_failed', (host) => host.start());
  }

  /** Close the nest for everybody, then say so on its relays. */
  end(): Promise<void> {
    return this.#try('end_failed', (host) => host.end());
  }

  /** Change options at the API first (it decides), then the event. */
  edit(change: NestEdit): Promise<void> {
    return this.#try('edit_failed', (host) => host.edit(change));
  }

  async #try(otherwise: NoticeCode, act: (host: HostActions) => Promise<void>): Promise<void> {
    try {
      await act(await this.#get());
    } catch {
      notice(this.#parts.state, otherwise);
    }
  }

  #get(): Promise<HostActions> {
    this.#actions ??= this.#load().then(
      ({ HostActions: Actions }) => new Actions(this.#parts),
      (failure: unknown) => {
        this.#actions = null;
        throw failure;
      },
    );
    return this.#actions;
  }
}
