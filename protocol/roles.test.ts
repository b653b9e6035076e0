import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTIONS, may, roleOf, ROLES, type Action, type Role } from './roles.ts';
import vectors from './roles.vectors.json' with { type: 'json' };

const roles = fc.constantFrom(...ROLES);
const actions = fc.constantFrom(...ACTIONS);
const TARGETED: Action[] = ['set_stage', 'mute', 'set_admin', 'remove', 'ban'];

describe('the table', () => {
  it('lists every action', () => {
    expect(Object.keys(vectors).sort()).toEqual([...ACTIONS].sort());
  });

  it.each(Object.entries(vectors))('%s is for exactly those it names', (action, rule) => {
    for (const actor of ROLES) {
      const allowed: string[] | boolean = (rule as Record<string, string[] | boolean>)[actor] ?? false;
      expect(may(actor, action as Action), `${actor} ${action}`).toBe(allowed !== false);
      if (!Array.isArray(allowed)) continue;
      for (const target of ROLES) {
        expect(may(actor, action as Action, target), `${actor} ${action} ${target}`).toBe(
          allowed.includes(target),
        );
      }
    }
  });
});

describe('whatever the action', () => {
  it('an admin never acts against the host', () => {
    for (const action of TARGETED) expect(may('admin', action, 'host')).toBe(false);
  });

  it('only the host names admins, restarts, edits and ends', () => {
    fc.assert(
      fc.property(roles, roles, (actor, target) => {
        for (const action of ['set_admin', 'restart', 'edit', 'end'] as const) {
          if (may(actor, action, target)) expect(actor).toBe('host');
        }
      }),
    );
  });

  it('everybody with a key may step down, and nobody needs a target for it', () => {
    for (const role of ROLES) expect(may(role, 'step_down')).toBe(role !== 'guest');
  });

  it('a guest only listens', () => {
    fc.assert(
      fc.property(actions, fc.option(roles, { nil: undefined }), (action, target) => {
        expect(may('guest', action, target)).toBe(false);
      }),
    );
  });

  it('a higher role may do all that a lower one may', () => {
    fc.assert(
      fc.property(actions, fc.option(roles, { nil: undefined }), (action, target) => {
        const answers = ROLES.map((role) => may(role, action, target));
        expect(answers).toEqual([...answers].sort((a, b) => Number(b) - Number(a)));
      }),
    );
  });

  it('what may be done to somebody may be done to anybody at all', () => {
    fc.assert(
      fc.property(roles, actions, roles, (actor, action, target) => {
        if (may(actor, action, target)) expect(may(actor, action)).toBe(true);
      }),
    );
  });

  it('nobody moderates from the audience or from the stage', () => {
    for (const actor of ['speaker', 'listener'] satisfies Role[]) {
      for (const action of [...TARGETED, 'record', 'invite'] as const) expect(may(actor, action)).toBe(false);
    }
  });
});

describe('the role of a key', () => {
  const nest = { host: 'h', admins: ['a', 'h'], speakers: ['s', 'a', 'h'] };

  it('is the highest it has', () => {
    expect([null, 'h', 'a', 's', 'x'].map((pubkey) => roleOf(nest, pubkey))).toEqual([
      'guest',
      'host',
      'admin',
      'speaker',
      'listener',
    ]);
  });
});
