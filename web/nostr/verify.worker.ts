import type { VerifyRequest, VerifyReply } from './verifier.ts';
import { isGenuine } from './verify.ts';

self.onmessage = ({ data: { batch, events } }: MessageEvent<VerifyRequest>) => {
  self.postMessage({ batch, genuine: events.map(isGenuine) } satisfies VerifyReply);
};
