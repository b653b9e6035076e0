import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tarGz, zip } from '../testing/archives.js';
import { fileInArchive } from './archive.js';

const files = {
  LICENSE: 'Apache',
  'some/folder/livekit-server': 'x'.repeat(2000),
  'livekit-server.md': 'about',
};

describe('taking the server out of an archive', () => {
  it('finds it in a .tar.gz, in whatever folder', () => {
    expect(fileInArchive(tarGz(files), 'a.tar.gz', 'livekit-server').toString()).toBe('x'.repeat(2000));
  });

  it.each([true, false])('finds it in a .zip (compressed: %s)', (packed) => {
    expect(fileInArchive(zip(files, { packed }), 'a.zip', 'livekit-server').toString()).toBe(
      'x'.repeat(2000),
    );
  });

  it('says so when it is not there', () => {
    expect(() => fileInArchive(tarGz({ LICENSE: 'x' }), 'a.tar.gz', 'livekit-server')).toThrow(
      'a.tar.gz holds no livekit-server',
    );
    expect(() => fileInArchive(zip({ LICENSE: 'x' }, { packed: true }), 'a.zip', 'livekit-server')).toThrow(
      'a.zip holds no livekit-server',
    );
  });

  it('gives up on damaged archives', () => {
    const header = Buffer.alloc(1024, 'z');
    expect(() => fileInArchive(gzipSync(header), 'a.tar.gz', 'livekit-server')).toThrow('damaged');
    expect(() => fileInArchive(Buffer.alloc(100), 'a.zip', 'livekit-server')).toThrow('damaged');
    expect(() => fileInArchive(Buffer.alloc(100), 'a.tar.gz', 'livekit-server')).toThrow();
  });
});
