import { atom, onMount } from 'nanostores';

import type { MediaDevice } from './media-types.ts';

/** Inputs and outputs of this machine, read again whenever something is plugged in or out, as long as somebody listens. */
export const $devices = atom<{ microphones: readonly MediaDevice[]; outputs: readonly MediaDevice[] }>({
  microphones: [],
  outputs: [],
});

onMount($devices, () => {
  // Hidden by the browser on origins that are not secure, whatever the types say.
  if (!('mediaDevices' in navigator)) return;
  const devices = navigator.mediaDevices;
  const read = () => void readDevices(devices);
  read();
  devices.addEventListener('devicechange', read);
  return () => devices.removeEventListener('devicechange', read);
});

/** Read them now: after the microphone was allowed, their names are known. */
export async function readDevices(devices: MediaDevices): Promise<void> {
  const found = await devices.enumerateDevices().catch(() => []);
  const ofKind = (kind: MediaDeviceKind) =>
    found
      .filter((d) => d.kind === kind && d.deviceId !== '')
      .map((d) => ({ id: d.deviceId, label: d.label }));
  $devices.set({ microphones: ofKind('audioinput'), outputs: ofKind('audiooutput') });
}
