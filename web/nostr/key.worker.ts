import { doKeyTask } from './key-crypto.ts';
import type { KeyTask } from './key-work.ts';

self.onmessage = ({ data }: MessageEvent<KeyTask>) => {
  self.postMessage(doKeyTask(data));
};
