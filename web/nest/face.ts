import { may } from '@nests/protocol/roles';
import { computed, type ReadableAtom } from 'nanostores';

import type { Credential } from '../api/client.ts';
import { Moderation } from './moderation.ts';
import type { SessionCore } from './session.ts';
import type { Action, InviteDesk, NestSession, Person } from './session-types.ts';
import { isOnStage } from './stage.ts';
import { notice } from './state.ts';

/** What screens see of a session: read-only values, and actions that are null while impossible. */
export function sessionFace(core: SessionCore): NestSession {
  const { state, people, where, audio } = core;
  return {
    $roomId: state.$roomId,
    $address: where.$address,
    $naddr: core.$naddr,
    $phase: state.$phase,
    $connection: state.$connection,
    $joinType: state.$joinType,
    $info: state.$info,
    $nestEvent: state.$nestEvent,
    $role: state.$role,
    $stage: computed(people.$people, ({ stage }) => stage),
    $audience: computed(people.$people, ({ audience }) => audience),
    $hands: computed(state.$record, (record) => record?.hands ?? []),
    $count: countOf(core),
    $microphone: core.$microphone,
    $hand: core.hand.$view,
    $error: state.$error,
    $notice: state.$notice,
    $invitation: state.$invitation,
    $details: core.$details,
    audio,
    $restarting: state.$restarting,
    $restartError: state.$restartError,
    ...joinActions(core),
    ...hostActions(core),
    ...stageActions(core),
    ...sayActions(core),
    $inviteDesk: inviteDeskOf(core),
    moderation: moderationOf(core),
    level: core.level,
    close: () => core.close(),
  };
}

/** Heads: what we see when we are in, else what the server says. */
function countOf({ state, people }: SessionCore): ReadableAtom<number | null> {
  return computed(
    [state.$phase, people.$people, state.$record, state.$info],
    (phase, { stage, audience }, record, info) => {
      if (phase === 'in') return stage.length + audience.length;
      if (record) return record.participantCount;
      return info && 'participantCount' in info ? info.participantCount : null;
    },
  );
}

function when(possible: boolean, action: Action): Action | null {
  return possible ? action : null;
}

function joinActions(core: SessionCore): Pick<NestSession, '$join' | '$retry' | '$leave'> {
  const { state } = core;
  const join = () => core.join();
  const leave = () => core.leave();
  return {
    $join: computed([state.$phase, state.$info], (phase, info) =>
      when(phase === 'idle' && info?.status !== 'planned', join),
    ),
    $retry: computed(state.$phase, (phase) => when(phase === 'error' || phase === 'ended', join)),
    $leave: computed(state.$phase, (phase) =>
      when(phase === 'in' || phase === 'joining' || phase === 'starting', leave),
    ),
  };
}

function hostActions(core: SessionCore): Pick<NestSession, '$restart' | '$start' | '$end' | '$edit'> {
  const { state, host } = core;
  const restart = () => core.restart();
  const start = () => core.start();
  const end = () => host.end();
  const edit: NonNullable<ReturnType<NestSession['$edit']['get']>> = (change) => host.edit(change);
  const isPlanned = (info: ReturnType<typeof state.$info.get>) => info?.status === 'planned';
  return {
    $restart: computed([state.$isHost, state.$restarting, state.$info], (isHost, restarting, info) =>
      when(isHost && !restarting && !isPlanned(info), restart),
    ),
    $start: computed([state.$isHost, state.$info, state.$phase], (isHost, info, phase) =>
      when(isHost && isPlanned(info) && phase === 'idle', start),
    ),
    $end: computed([state.$isHost, state.$phase], (isHost, phase) => when(isHost && phase === 'in', end)),
    $edit: computed([state.$isHost, state.$nestEvent], (isHost, event) => (isHost && event ? edit : null)),
  };
}

function stageActions(
  core: SessionCore,
): Pick<
  NestSession,
  | '$toggleMicrophone'
  | '$holdToTalk'
  | '$raiseHand'
  | '$lowerHand'
  | '$acceptInvitation'
  | '$declineInvitation'
  | '$stepDown'
> {
  const { state, hand } = core;
  const toggle = () => core.role.want(core.$microphone.get().desired === 'live' ? 'muted' : 'live');
  const hold = (down: boolean) => void core.role.want(down ? 'live' : 'muted');
  const wantHand = (up: boolean) => () => hand.want(up).catch(() => notice(state, 'hand_failed'));
  const raise = wantHand(true);
  const lower = wantHand(false);
  const accept = () => core.role.accept();
  const stepDown = () => core.role.stepDown();
  const $maySpeak = computed(
    [state.$phase, state.$role, state.$invitation],
    (phase, role, invitation) => phase === 'in' && isOnStage(role) && invitation === null,
  );
  const $isListener = computed(
    [state.$phase, state.$role],
    (phase, role) => phase === 'in' && role === 'listener',
  );
  const $invited = computed(
    [state.$phase, state.$invitation],
    (phase, invitation) => phase === 'in' && invitation !== null,
  );
  return {
    $toggleMicrophone: computed($maySpeak, (may) => when(may, toggle)),
    $holdToTalk: computed($maySpeak, (may) => (may ? hold : null)),
    $raiseHand: computed([$isListener, hand.$view], (may, { desired }) => when(may && !desired, raise)),
    $lowerHand: computed([$isListener, hand.$view], (may, { desired }) => when(may && desired, lower)),
    $acceptInvitation: computed($invited, (invited) => when(invited, accept)),
    $declineInvitation: computed($invited, (invited) => when(invited, stepDown)),
    $stepDown: computed([state.$phase, state.$role], (phase, role) =>
      when(phase === 'in' && role === 'speaker', stepDown),
    ),
  };
}

function sayActions(core: SessionCore): Pick<NestSession, '$send' | '$react'> {
  const { state, where, ports } = core;
  const { account, nostr } = ports;
  const send = async (text: string, replyTo?: { id: string; pubkey: string }): Promise<boolean> => {
    const address = where.$address.get();
    if (!account || !address) return false;
    const sent = await nostr.say(text, address, account.sign, replyTo).catch(() => false);
    if (!sent) notice(state, 'message_not_sent');
    return sent;
  };
  const react = async (emoji: string): Promise<void> => {
    const address = where.$address.get();
    if (account && address) await nostr.react(emoji, address, account.sign).catch(() => false);
  };
  const $may = computed(
    [state.$phase, where.$address],
    (phase, address) => account !== null && phase === 'in' && address !== null,
  );
  return {
    $send: computed($may, (may) => (may ? send : null)),
    $react: computed($may, (may) => (may ? react : null)),
  };
}

function inviteDeskOf(core: SessionCore): NestSession['$inviteDesk'] {
  const { state, ports } = core;
  const call = async <T>(ask: (roomId: string, who: Credential) => Promise<T>): Promise<T> => {
    const who = core.credential();
    if (!who) throw new Error('Nobody is signed in');
    return ask(state.$roomId.get(), who);
  };
  const desk: InviteDesk = {
    list: async () => (await call((roomId, who) => ports.api.invites(roomId, who))).invites,
    make: () => call((roomId, who) => ports.api.invite(roomId, who)),
    revoke: (id) => call((roomId, who) => ports.api.revokeInvite(roomId, id, who)),
  };
  return computed([state.$info, state.$role], (info, role) =>
    info?.access === 'invite' && may(role, 'invite') ? desk : null,
  );
}

function moderationOf(core: SessionCore): (person: Person) => ReturnType<NestSession['moderation']> {
  const moderation = new Moderation({
    ports: core.ports,
    state: core.state,
    credential: () => core.credential(),
  });
  return (person) => moderation.of(person);
}
