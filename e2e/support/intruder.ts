import { createRequire } from 'node:module';
import type * as LiveKitClient from 'livekit-client';
import type { People } from './journey.ts';
import type { Person } from './person.ts';

declare global {
  interface Window {
    LivekitClient: typeof LiveKitClient;
    /** How often the intruder came in, and was sent away again. */
    intrusions: { entered: number; sentAway: number };
  }
}

const CLIENT = createRequire(import.meta.url).resolve('livekit-client');

/** Somebody with a program of their own, who was sent away and comes back with the token they still have, again and again. */
export class Intruder {
  private constructor(readonly person: Person) {}

  /** Arrives with a microphone that hears a tone; `near` is any address of Nests. */
  static async arrive(people: People, name: string, tone: number, near: string): Promise<Intruder> {
    const person = await people.arrive(name, { tone, context: { bypassCSP: true } });
    await person.page.goto(new URL('/settings', near).href);
    await person.page.addScriptTag({ path: CLIENT });
    // A page may sound only after a click.
    await person.page.mouse.click(1, 1);
    return new Intruder(person);
  }

  /** Comes in with this token, speaks and listens, and comes back at once whenever it is sent away. */
  async begin(url: string, token: string): Promise<void> {
    await this.person.page.evaluate(
      async ([address, grant]) => {
        const { Room, RoomEvent, Track } = window.LivekitClient;
        const counts = (window.intrusions = { entered: 0, sentAway: 0 });
        const [voice] = (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks();
        const once = async (): Promise<void> => {
          const room = new Room();
          room.once(RoomEvent.SignalConnected, () => (counts.entered += 1));
          room.on(RoomEvent.TrackSubscribed, (track) => document.body.append(track.attach()));
          const ended = new Promise<void>((resolve) => room.once(RoomEvent.Disconnected, () => resolve()));
          await room.connect(address, grant, { maxRetries: 0 });
          if (voice) {
            await room.localParticipant.publishTrack(voice.clone(), { source: Track.Source.Microphone });
          }
          await ended;
          counts.sentAway += 1;
        };
        const forever = async (): Promise<void> => {
          for (;;) {
            await once().catch((error: unknown) => {
              console.log(`turned away: ${String(error)}`);
              return new Promise((resolve) => setTimeout(resolve, 20));
            });
          }
        };
        void forever();
      },
      [url, token] as const,
    );
  }

  /** How often it came in, and how often it was sent away after it had been inside. */
  intrusions(): Promise<{ entered: number; sentAway: number }> {
    return this.person.page.evaluate(() => window.intrusions);
  }
}
