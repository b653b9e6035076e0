let installed = false;

/**
 * Leave video out of what this page offers to LiveKit.
 *
 * livekit-client 2.23 begins every connection with three empty sections for video. A server that takes audio only rejects them, and from then on
 * offers and answers no longer fit each other: in up to a third of all joins the browser could not make another offer, so that nothing could be
 * published, and LiveKit answered each resume after a lost signal with a full reconnect, which is four seconds of silence. The library has no
 * setting for it and does without the section that it asks for, so the browser's own interface does not make one.
 */
export function offerAudioOnly(): void {
  if (installed) return;
  installed = true;
  const prototype = RTCPeerConnection.prototype;
  const { addTransceiver } = methodsOf(prototype);
  Object.assign(prototype, {
    addTransceiver(
      this: RTCPeerConnection,
      trackOrKind: MediaStreamTrack | string,
      init?: RTCRtpTransceiverInit,
    ) {
      return trackOrKind === 'video' ? undefined : addTransceiver.call(this, trackOrKind, init);
    },
  });
}

/** The method as a function that is called with its own `this`. */
interface Negotiation {
  addTransceiver: (
    this: RTCPeerConnection,
    trackOrKind: MediaStreamTrack | string,
    init?: RTCRtpTransceiverInit,
  ) => RTCRtpTransceiver;
}

function methodsOf(prototype: Negotiation): Negotiation {
  const { addTransceiver } = prototype;
  return { addTransceiver };
}
