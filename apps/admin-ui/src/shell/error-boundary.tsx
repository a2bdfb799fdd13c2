import { Component, type ReactNode } from 'react';
import { Crash } from './crash-page.tsx';

interface Failure {
  readonly error: Error | null;
}

/** Keeps the rest of the page when a part of it fails. Another key begins afresh. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, Failure> {
  override readonly state: Failure = { error: null };

  static getDerivedStateFromError(error: unknown): Failure {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    return this.state.error === null ? this.props.children : <Crash error={this.state.error} />;
  }
}
