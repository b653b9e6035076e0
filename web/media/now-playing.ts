import type { NowPlaying } from './media-types.ts';

/** Show the nest on the lock screen and let its keys work; null takes it away. Does nothing where the browser has no media session. */
export function showNowPlaying(
  what: NowPlaying | null,
  controls?: { onPause(): void; onPlay(): void },
): void {
  if (!('mediaSession' in navigator)) return;
  const session = navigator.mediaSession;
  session.metadata = what
    ? new MediaMetadata({
        title: what.title,
        artist: what.artist,
        artwork: what.artwork === undefined ? [] : [{ src: what.artwork }],
      })
    : null;
  session.playbackState = what ? 'playing' : 'none';
  session.setActionHandler(
    'pause',
    controls
      ? () => {
          controls.onPause();
          session.playbackState = 'paused';
        }
      : null,
  );
  session.setActionHandler(
    'play',
    controls
      ? () => {
          controls.onPlay();
          session.playbackState = 'playing';
        }
      : null,
  );
}
