import { useStore } from '@nanostores/react';
import { Suspense } from 'react';
import { lazyScreen } from '../lazy-screen.ts';
import { $asking } from './ask.ts';

const SignIn = lazyScreen(async () => (await import('./sign-in.tsx')).SignIn, 'signin');

/** Where the sign-in dialog appears; once per page. Its code comes when it is first asked for. */
export function SignInHost() {
  const asking = useStore($asking);
  if (!asking) return null;
  return (
    <Suspense>
      <SignIn />
    </Suspense>
  );
}
