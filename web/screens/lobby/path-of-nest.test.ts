import { nestPath } from '@nests/protocol/address';
import { expect, it } from 'vitest';
import { pathOfNest } from './path-of-nest.ts';

it.each(['8c9cf3e4-7a53-4f6e-9a4e-2d2f3a1b0c9d', 'café/../#x?y'])(
  'is the path of the protocol for %s',
  (id) => {
    expect(pathOfNest(id, 'a'.repeat(64))).toBe(nestPath(id, 'a'.repeat(64)));
  },
);
