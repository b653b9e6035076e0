import type { Role } from '@nests/protocol/roles';

import type { Credential } from '../api/client.ts';
import type { MicrophoneControl } from './microphone-control.ts';
import type { NestPorts } from './ports.ts';
import type { MicrophoneView } from './session-types.ts';
import { isOnStage } from './stage.ts';
import { notice, type SessionState } from './state.ts';

/** What one's own role stands on. */
interface OwnRoleParts {
  ports: NestPorts;
  state: SessionState;
  microphone: MicrophoneControl;
  /** How the API knows us; null while it does not. */
  credential(): Credential | null;
}

/** What one's own role means for one's own microphone: invited, on the stage, back in the audience. */
export class OwnRole {
  readonly #parts: OwnRoleParts;
  #steppingDown = false;

  constructor(parts: OwnRoleParts) {
    this.#parts = parts;
  }

  /** The server says that it is another one now. */
  changed(role: Role, before: Role | undefined): void {
    const { state } = this.#parts;
    if (state.$phase.get() !== 'in' || before === undefined || before === role) return;
    if (role === 'admin') notice(state, 'now_admin');
    if (isOnStage(before) && !isOnStage(role)) this.#toAudience();
    if (before === 'listener' && role === 'speaker') state.$invitation.set({ from: state.$host.get() });
    if (isOnStage(role)) this.#steppingDown = false;
  }

  /** What the microphone shall be; people who may not speak have none. */
  async want(wish: MicrophoneView['desired']): Promise<void> {
    const { state, microphone } = this.#parts;
    if (wish === 'off' || isOnStage(state.$role.get())) await microphone.want(wish);
  }

  /** Speak: the microphone is asked for now, and starts muted. */
  async accept(): Promise<void> {
    const { state } = this.#parts;
    state.$invitation.set(null);
    notice(state, 'on_stage');
    await this.want('muted');
  }

  /** Leave the stage by oneself, also by declining an invitation; nothing has to be said about it then. */
  async stepDown(): Promise<void> {
    const { state, ports, microphone } = this.#parts;
    const who = this.#parts.credential();
    if (!ports.account || !who) return;
    state.$invitation.set(null);
    this.#steppingDown = true;
    void microphone.want('off');
    const body = { participant: ports.account.pubkey, can_publish: false };
    try {
      await ports.api.permissions(state.$roomId.get(), body, who);
    } catch {
      this.#steppingDown = false;
      notice(state, 'moderation_failed');
    }
  }

  #toAudience(): void {
    const { state, microphone } = this.#parts;
    state.$invitation.set(null);
    void microphone.want('off');
    if (!this.#steppingDown) notice(state, 'to_audience');
    this.#steppingDown = false;
  }
}
