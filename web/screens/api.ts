import { NestsApi } from '../api/client.ts';
import { settings } from '../settings.ts';

/** The API of the server this page came from. Only screens that come on demand import it; the lobby has its own list. */
export const api = new NestsApi({ origin: settings().origin, alsoKnownAs: [settings().publicUrl] });
