/** The media folder's face, loaded on demand: everything that needs LiveKit or the browser's audio. */
import { $devices } from './devices.ts';
import type { Media } from './media-types.ts';
import { BrowserMicrophone } from './microphone.ts';
import { showNowPlaying } from './now-playing.ts';
import { AudioPlayer } from './player.ts';
import { connectRoom } from './room-link.ts';

/** The real thing; tests have a fake. */
export const media: Media = {
  connect: connectRoom,
  createPlayer: () => new AudioPlayer(),
  createMicrophone: () => new BrowserMicrophone(),
  $devices,
  showNowPlaying,
};
