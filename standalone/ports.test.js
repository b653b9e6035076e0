import { createSocket } from 'node:dgram';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkPorts, freePort } from './ports.js';
import { heldPort } from './testing/held-port.js';

/**
 * @param {number} port
 * @param {string} setting
 * @returns {import('./ports.js').Port}
 */
const tcp = (port, setting = 'PORT') => ({ setting, port, host: '127.0.0.1', protocol: 'tcp' });

describe('checking the ports before anything is started', () => {
  it('is content with ports that are free', async () => {
    await checkPorts([tcp(await freePort('127.0.0.1')), tcp(await freePort('127.0.0.1'), 'RELAY_PORT')]);
  });

  it('names a taken port, the setting that changes it, and who holds it', async () => {
    const port = await heldPort();
    const who = process.platform === 'linux' ? `by process ${process.pid}: ` : 'to see by whom: ';
    await expect(checkPorts([tcp(port, 'LIVEKIT_PORT')])).rejects.toThrow(
      new RegExp(`^Port ${port} \\(TCP\\) is taken \\(${who}.*\\); LIVEKIT_PORT changes it\\.$`),
    );
  });

  it('sees UDP ports too', async () => {
    const socket = createSocket('udp4');
    onTestFinished(() => {
      socket.close();
    });
    const port = await freePort('127.0.0.1');
    await new Promise((resolve) => socket.bind(port, '127.0.0.1', () => resolve(undefined)));
    await checkPorts([tcp(port)]); // the same number is free for TCP
    await expect(
      checkPorts([{ setting: 'LIVEKIT_UDP_PORT', port, host: '127.0.0.1', protocol: 'udp' }]),
    ).rejects.toThrow(`Port ${port} (UDP) is taken`);
  });

  it('names all of them at once', async () => {
    const [one, two] = [await heldPort(), await heldPort()];
    await expect(checkPorts([tcp(one), tcp(two, 'RELAY_PORT')])).rejects.toThrow(
      new RegExp(`Port ${one} .*PORT changes it\\.\nPort ${two} .*RELAY_PORT changes it\\.`),
    );
  });

  it('tells when two settings name the same port', async () => {
    const port = await freePort('127.0.0.1');
    await expect(checkPorts([tcp(port), tcp(port, 'RELAY_PORT')])).rejects.toThrow(
      `PORT and RELAY_PORT are both ${port}; they must differ.`,
    );
  });

  it('tells when an address is not this machine’s', async () => {
    await expect(checkPorts([{ ...tcp(5544), host: '192.0.2.1' }])).rejects.toThrow(
      /Port 5544 \(TCP\) cannot be used on 192\.0\.2\.1/,
    );
  });
});
