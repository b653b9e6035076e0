import { type Action as Deed, may } from '@nests/protocol/roles';

import type { Credential } from '../api/client.ts';
import { ApiError, SigningError } from '../api/error.ts';
import type { NestPorts } from './ports.ts';
import type { Person, PersonAction, PersonActions } from './session-types.ts';
import { notice, type SessionState } from './state.ts';

/** What moderation stands on. */
interface ModerationParts {
  ports: NestPorts;
  state: SessionState;
  /** How the API knows us; null while we are not in. */
  credential(): Credential | null;
}

/** What hosts and co-hosts may do to one person, by the same table of rights that the server enforces. */
export class Moderation {
  readonly #parts: ModerationParts;
  readonly #banned = new Set<string>();

  constructor(parts: ModerationParts) {
    this.#parts = parts;
  }

  /** Every entry is null while impossible. */
  of(person: Person): PersonActions {
    const { pubkey } = person;
    const onStage = person.role !== 'listener' && person.role !== 'guest';
    const set = (
      body: { can_publish?: boolean; mute_microphone?: boolean; is_admin?: boolean },
      withKey = false,
    ) =>
      pubkey === null
        ? null
        : this.#act((api, id, who) => api.permissions(id, { participant: pubkey, ...body }, who), withKey);
    return {
      invite: this.#if('set_stage', person, !onStage && set({ can_publish: true })),
      // A co-host is on the stage by office: that is taken away first.
      toAudience: this.#if('set_stage', person, person.role === 'speaker' && set({ can_publish: false })),
      mute: this.#if('mute', person, person.microphone === 'live' && set({ mute_microphone: true })),
      makeAdmin: this.#if('set_admin', person, person.role !== 'admin' && set({ is_admin: true }, true)),
      unmakeAdmin: this.#if('set_admin', person, person.role === 'admin' && set({ is_admin: false }, true)),
      // To somebody in the audience, "not on the stage" is the answer to a raised hand.
      lowerHand: this.#if(
        'set_stage',
        person,
        person.handSince !== null && !onStage && set({ can_publish: false }),
      ),
      remove: this.#if('remove', person, this.#removal(person.key, false)),
      ban: this.#mayDo('ban', person) && pubkey !== null ? this.#ban(pubkey) : null,
      liftBan: pubkey !== null && this.#banned.has(pubkey) ? this.#liftBan(pubkey) : null,
    };
  }

  #mayDo(deed: Deed, person: Person): boolean {
    const { state } = this.#parts;
    return state.$phase.get() === 'in' && !person.isMe && may(state.$role.get(), deed, person.role);
  }

  #if(deed: Deed, person: Person, action: PersonAction | false | null): PersonAction | null {
    return action && this.#mayDo(deed, person) ? action : null;
  }

  #removal(participant: string, ban: boolean, reason?: string): PersonAction {
    const body = { participant, ban, ...(reason === undefined || reason === '' ? {} : { reason }) };
    return this.#act((api, id, who) => api.remove(id, body, who));
  }

  #ban(pubkey: string): (reason?: string) => Promise<boolean> {
    return async (reason) => {
      const done = await this.#removal(pubkey, true, reason)();
      if (done) this.#banned.add(pubkey);
      return done;
    };
  }

  #liftBan(pubkey: string): PersonAction {
    const lift = this.#act(async (api, id) => {
      const { account } = this.#parts.ports;
      if (!account) throw new SigningError('Lifting a ban needs a key');
      await api.liftBan(id, pubkey, account.sign);
    });
    return async () => {
      const done = await lift();
      if (done) this.#banned.delete(pubkey);
      return done;
    };
  }

  /** An action never rejects: what went wrong becomes a notice, and false. */
  #act(
    call: (api: NestPorts['api'], roomId: string, who: Credential) => Promise<void>,
    withKey = false,
  ): PersonAction {
    return async () => {
      const { ports, state } = this.#parts;
      const who = withKey && ports.account ? { sign: ports.account.sign } : this.#parts.credential();
      if (!who) return false;
      try {
        await call(ports.api, state.$roomId.get(), who);
        return true;
      } catch (cause) {
        notice(state, 'moderation_failed', { code: codeOf(cause) });
        return false;
      }
    };
  }
}

/** The word by which the catalogue knows why: the API's, or ours for a signer that refused. */
function codeOf(cause: unknown): string {
  if (cause instanceof ApiError) return cause.code;
  return cause instanceof SigningError ? 'signer_refused' : 'unknown';
}
