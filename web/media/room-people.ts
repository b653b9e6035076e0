import { identityPubkey } from '@nests/protocol/identity';
import {
  type Participant,
  type RemoteAudioTrack,
  type RemoteParticipant,
  type Room,
  Track,
} from 'livekit-client';

import type { LinkPerson, Voice } from './media-types.ts';

/** Who is in the room. Entries that did not change keep their identity, so that lists redraw only what did. */
export function readPeople(room: Room, before: readonly LinkPerson[]): LinkPerson[] {
  const known = new Map(before.map((person) => [person.identity, person]));
  return [room.localParticipant, ...room.remoteParticipants.values()].map((participant) => {
    const person = readPerson(participant);
    const previous = known.get(person.identity);
    return previous && samePerson(previous, person) ? previous : person;
  });
}

function readPerson(participant: Participant): LinkPerson {
  const publication = participant.getTrackPublication(Track.Source.Microphone);
  return {
    identity: participant.identity,
    pubkey: identityPubkey(participant.identity),
    role: participant.attributes['role'] ?? null,
    joinedAt: participant.joinedAt?.getTime() ?? 0,
    microphone: !publication ? 'none' : publication.isMuted ? 'muted' : 'live',
    speaking: participant.isSpeaking,
    isMe: participant.isLocal,
  };
}

function samePerson(a: LinkPerson, b: LinkPerson): boolean {
  return (
    a.role === b.role &&
    a.microphone === b.microphone &&
    a.speaking === b.speaking &&
    a.joinedAt === b.joinedAt &&
    a.isMe === b.isMe
  );
}

/** Every remote microphone that arrives. */
export function readVoices(room: Room, before: readonly Voice[]): Voice[] {
  // By the object, not its id: after a reconnect another track may come with the same id.
  const known = new Map(before.map((voice) => [voice.track, voice]));
  return [...room.remoteParticipants.values()].flatMap((participant) =>
    audioOf(participant).map(({ track, muted }) => {
      const previous = known.get(track.mediaStreamTrack);
      return previous?.muted === muted ? previous : makeVoice(participant.identity, track, muted);
    }),
  );
}

function audioOf(participant: RemoteParticipant): { track: RemoteAudioTrack; muted: boolean }[] {
  return [...participant.audioTrackPublications.values()].flatMap(({ audioTrack, isMuted }) =>
    // Over the wire the audio of a remote participant is always a remote track; the type says less.
    audioTrack && 'receiver' in audioTrack ? [{ track: audioTrack, muted: isMuted }] : [],
  );
}

function makeVoice(identity: string, track: RemoteAudioTrack, muted: boolean): Voice {
  return {
    identity,
    key: identityPubkey(identity) ?? identity,
    track: track.mediaStreamTrack,
    muted,
    // The browser lists whoever it has decoded a packet of.
    flowing: () => (track.receiver?.getSynchronizationSources().length ?? 0) > 0,
  };
}
