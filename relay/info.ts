import type { Limits } from './limits.ts';

/** What NIP-11 asks a relay to say of itself. */
export function relayInformation(limits: Limits, authRequired: boolean): object {
  return {
    name: 'Nests relay',
    description: 'The small relay that comes with Nests.',
    software: 'nests',
    version: '1.0.0',
    // Without authentication nobody can bring a protected event (NIP-70).
    supported_nips: authRequired ? [1, 9, 11, 40, 42, 70] : [1, 9, 11, 40],
    limitation: {
      max_message_length: limits.messageBytes,
      max_subscriptions: limits.subscriptions,
      max_limit: limits.eventsPerFilter,
      default_limit: limits.eventsPerFilter,
      max_subid_length: 64,
      created_at_upper_limit: limits.futureSeconds,
      auth_required: authRequired,
      payment_required: false,
      restricted_writes: authRequired,
    },
  };
}
