import { Announcer } from '../ui/announcer.tsx';
import { Toaster } from '../ui/toast.tsx';

/** The whole app. */
export function App() {
  return (
    <>
      <Announcer />
      <Toaster />
    </>
  );
}
