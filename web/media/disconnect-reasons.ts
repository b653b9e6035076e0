import { ConnectionError, ConnectionErrorReason, DisconnectReason } from 'livekit-client';
import { type ClosedBecause, LinkError } from './media-types.ts';

/**
 * Why LiveKit says that a connection is over, in our words. `undefined` is what a client gets whose reconnect met a missing room (a server
 * that was killed and restarted), so it means "lost": ask the API, which knows.
 */
export function closedBecause(reason: DisconnectReason | undefined): ClosedBecause {
  switch (reason) {
    case DisconnectReason.CLIENT_INITIATED:
      return 'left';
    case DisconnectReason.DUPLICATE_IDENTITY:
      return 'duplicate';
    case DisconnectReason.PARTICIPANT_REMOVED:
      return 'removed';
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return 'room_gone';
    case DisconnectReason.USER_REJECTED:
      return 'unauthorized';
    default:
      return 'lost';
  }
}

/** Why a connection could not be made, in our words. */
export function linkError(cause: unknown, aborted: boolean): LinkError {
  if (aborted) return new LinkError('aborted', 'The connection is no longer wanted', cause);
  if (!(cause instanceof ConnectionError))
    return new LinkError('unreachable', 'LiveKit cannot be reached', cause);
  switch (cause.reason) {
    case ConnectionErrorReason.NotAllowed:
      return cause.status === 404
        ? new LinkError('room_gone', 'LiveKit does not have this room', cause)
        : new LinkError('unauthorized', 'LiveKit does not accept the token', cause);
    case ConnectionErrorReason.Cancelled:
      return new LinkError('aborted', 'The connection is no longer wanted', cause);
    // Signalling was up, then the server sent us away, or no candidate pair worked.
    case ConnectionErrorReason.LeaveRequest:
      return new LinkError('room_gone', 'LiveKit closed the room during the join', cause);
    case ConnectionErrorReason.InternalError:
      return new LinkError(
        /pc connection|ice|peer/i.test(cause.message) ? 'no_media' : 'unreachable',
        'LiveKit answers, but no audio path works',
        cause,
      );
    default:
      return new LinkError('unreachable', 'LiveKit cannot be reached', cause);
  }
}
