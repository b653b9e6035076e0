import { Component, type ErrorInfo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, buttonLook } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';

/** "Something broke": a reload brings back the same address, and with it the nest one was in. */
export function Broke({ message }: { message: string }) {
  const { t } = useTranslation();
  return (
    <main id="main" tabIndex={-1} className="measure flex min-h-dvh items-center outline-none">
      <Empty
        level={1}
        seed="broke"
        title={t('common:broke')}
        action={
          <>
            <a href="/" className={buttonLook('plain')}>
              {t('common:toLobby')}
            </a>
            <Button look="main" onClick={() => location.reload()}>
              {t('common:reload')}
            </Button>
          </>
        }
      >
        <p role="alert">{t('common:brokeText')}</p>
        <details className="mt-4 text-start">
          <summary className="min-h-11 py-3 text-center">{t('common:details')}</summary>
          <p className="rounded-md bg-raised p-3 font-mono text-xs wrap-anywhere">{message}</p>
        </details>
      </Empty>
    </main>
  );
}

interface BoundaryProps {
  /** What has to change for another try: the address. */
  at: string;
  children: ReactNode;
}

/** Catches what a screen throws, also code that could not be loaded, and shows Broke in its place. */
export class ErrorBoundary extends Component<BoundaryProps, { failure: Error | null }> {
  override state: { failure: Error | null } = { failure: null };

  static getDerivedStateFromError(thrown: unknown): { failure: Error } {
    return { failure: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override componentDidUpdate(before: BoundaryProps): void {
    if (before.at !== this.props.at && this.state.failure) this.setState({ failure: null });
  }

  override componentDidCatch(failure: Error, info: ErrorInfo): void {
    console.error('A screen broke:', failure.message, info.componentStack);
  }

  override render(): ReactNode {
    return this.state.failure ? <Broke message={this.state.failure.message} /> : this.props.children;
  }
}
