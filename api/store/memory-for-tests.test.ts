import { makeMemoryStore } from './memory-for-tests.ts';
import { storeContract } from './store.contract.ts';

storeContract('The memory store of the tests', async () => {
  let now = Date.now();
  return {
    store: makeMemoryStore({ now: () => now }),
    pass: async (ms) => {
      now += ms;
    },
    stop: async () => undefined,
  };
});
