import { FakeMedia } from './fake-media.ts';
import { mediaContract } from './media.contract.ts';
import { VirtualClock } from './virtual-clock.ts';

mediaContract('The LiveKit of the tests', async () => {
  const clock = new VirtualClock();
  const media = new FakeMedia(clock);
  return {
    media,
    now: () => clock.now(),
    connect: async (token) => {
      const connection = media.connect(token);
      return { leave: async () => connection.leave() };
    },
    stop: async () => undefined,
  };
});
