import type { ReadableAtom } from 'nanostores';

/** What is said aloud waits this long for a name that is still being looked for. */
const NAME_AWAITED_MS = 2_500;

/**
 * Says something about somebody as soon as their name is known, once, and without the name when nobody has told it
 * by then. Returns how to say nothing any more.
 */
export function whenNamed(
  $profile: ReadableAtom<{ name?: string | undefined } | undefined>,
  say: (name: string | undefined) => void,
): () => void {
  let stop = (): void => undefined;
  const end = (): void => {
    clearTimeout(timer);
    stop();
  };
  const tell = (name: string | undefined): void => {
    end();
    say(name);
  };
  const timer = setTimeout(() => tell($profile.get()?.name), NAME_AWAITED_MS);
  stop = $profile.listen((profile) => {
    if (profile?.name) tell(profile.name);
  });
  // Only now that the profile is followed does it say what is known already.
  const known = $profile.get()?.name;
  if (known) tell(known);
  return end;
}
