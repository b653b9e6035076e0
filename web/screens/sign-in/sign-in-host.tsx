import { useStore } from '@nanostores/react';
import { Component, Suspense, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from '../../ui/toast.tsx';
import { lazyScreen } from '../lazy-screen.ts';
import { $asking, endSignIn } from './ask.ts';

/** Where the sign-in dialog appears; once per page. Its code comes when it is first asked for. */
export function SignInHost() {
  const asking = useStore($asking);
  return asking && <Asked />;
}

function Asked() {
  const { t } = useTranslation();
  // Made anew each time, because a lazy component remembers a failure for ever.
  const [SignIn] = useState(() => lazyScreen(async () => (await import('./sign-in.tsx')).SignIn, 'signin'));
  return (
    <GiveUp onFailure={() => toast(t('common:notLoaded'), t('common:notLoadedText'), { tone: 'error' })}>
      <Suspense>
        <SignIn />
      </Suspense>
    </GiveUp>
  );
}

/** A dialog that cannot be loaded must not take the screen below it along. */
class GiveUp extends Component<{ onFailure: () => void; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(): void {
    this.props.onFailure();
    endSignIn(false);
  }

  override render(): ReactNode {
    return this.state.failed ? null : this.props.children;
  }
}
