import { WebhookReceiver } from 'livekit-server-sdk';

/** A webhook of LiveKit that is certainly from LiveKit; a hint to look, never a fact. */
export interface LiveKitHint {
  /** the same for every delivery of one event */
  id: string;
  event: string;
  /** the room's name, where the event is about one */
  room?: string;
}

/** Checks and reads LiveKit's webhooks. */
export class LiveKitWebhooks {
  private readonly receiver: WebhookReceiver;

  constructor(keys: { apiKey: string; apiSecret: string }) {
    this.receiver = new WebhookReceiver(keys.apiKey, keys.apiSecret);
  }

  /**
   * Reads one webhook.
   * @param body the raw body, as it arrived: the signature covers its bytes
   * @param authorization the request's Authorization header
   * @returns null when it is not from LiveKit, or not a webhook
   */
  async read(body: Uint8Array, authorization: string | undefined): Promise<LiveKitHint | null> {
    try {
      const event = await this.receiver.receive(Buffer.from(body).toString('utf8'), authorization);
      const room = event.room?.name;
      return { id: event.id, event: event.event, ...(room ? { room } : {}) };
    } catch {
      return null; // a forged, stale or damaged webhook: which one, nobody needs to know
    }
  }
}
