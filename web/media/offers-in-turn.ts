/** A server that has not answered an offer by now will not answer it. */
const ANSWER_MS = 5_000;

let installed = false;

/**
 * Make offers wait their turn: while a local offer is being applied, the next one is created only when the first has been answered.
 *
 * livekit-client 2.23 applies the offer it sent with the join only when the answer arrives, and in that moment starts the next one, because
 * the connection still looks idle. With a server that takes audio only (it rejects the video sections of the first offer), the second offer
 * no longer fits, and from then on the browser cannot make any offer on this connection: in up to a third of all joins nothing could be
 * published. The order is restored where it is lost, in the browser's own interface, because the library has no other place for it.
 */
export function takeOffersInTurn(): void {
  if (installed) return;
  installed = true;
  const applying = new WeakMap<RTCPeerConnection, Promise<unknown>>();
  const prototype = RTCPeerConnection.prototype;
  const { createOffer, setLocalDescription } = methodsOf(prototype);

  Object.assign(prototype, {
    setLocalDescription(this: RTCPeerConnection, description?: RTCLocalSessionDescriptionInit) {
      const done = setLocalDescription.call(this, description);
      if (description?.type === 'offer') applying.set(this, done);
      return done.finally(() => {
        if (applying.get(this) === done) applying.delete(this);
      });
    },
    async createOffer(this: RTCPeerConnection, options?: RTCOfferOptions) {
      const before = applying.get(this);
      if (before) {
        await before.catch(() => undefined);
        await answered(this);
      }
      return createOffer.call(this, options);
    },
  });
}

/** The two methods in the form that everybody uses; their oldest overloads, with callbacks, are deprecated and would be picked here. */
interface Negotiation {
  createOffer: (this: RTCPeerConnection, options?: RTCOfferOptions) => Promise<RTCSessionDescriptionInit>;
  setLocalDescription: (
    this: RTCPeerConnection,
    description?: RTCLocalSessionDescriptionInit,
  ) => Promise<void>;
}

function methodsOf(prototype: Negotiation): Negotiation {
  const { createOffer, setLocalDescription } = prototype;
  return { createOffer, setLocalDescription };
}

function answered(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (connection.signalingState === 'have-local-offer') return;
      clearTimeout(timer);
      connection.removeEventListener('signalingstatechange', check);
      resolve();
    };
    const timer = setTimeout(resolve, ANSWER_MS);
    connection.addEventListener('signalingstatechange', check);
    check();
  });
}
