import { describe } from 'vitest';
import { mediaContract } from '../nests/testing/media.contract.ts';
import { LiveKit } from './livekit.ts';
import { livekitBinary, startLiveKit } from './testing.ts';

const binary = livekitBinary();

describe.skipIf(binary === null)('LiveKit', () => {
  mediaContract('The real LiveKit', async () => {
    const server = await startLiveKit(binary!);
    return {
      media: new LiveKit(server.settings),
      async connect(token) {
        const { status, leave } = await server.enter(token);
        if (status !== 101) throw new Error(`LiveKit let nobody in: ${status}`);
        return { leave: async () => leave() };
      },
      now: () => Date.now(),
      stop: () => server.stop(),
    };
  });
});
