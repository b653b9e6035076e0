import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => vi.unstubAllGlobals());

it('comes up where the browser forbids every storage', async () => {
  const forbidden = {
    get: () => {
      throw new DOMException('denied', 'SecurityError');
    },
    configurable: true,
  };
  vi.stubGlobal('localStorage', undefined);
  Object.defineProperty(globalThis, 'localStorage', forbidden);
  await expect(import('./use-lobby.ts')).resolves.toHaveProperty('useLobby');
});
