import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { ChangeProposed } from '../api/change-proposed.ts';
import { Icon } from '../shell/icon.tsx';
import './toast.css';

export interface Toast {
  /** Something was done: a short sentence, and where there is more to see of it; with that it stays until it is closed. */
  readonly done: (text: string, more?: More) => void;
  /** Something could not be done. It stays until it is closed. Of what became a proposal the page has told already. */
  readonly failed: (error: Error) => void;
}

interface More {
  readonly address: string;
  readonly label: string;
}

interface Shown {
  readonly id: number;
  readonly kind: 'done' | 'failed';
  readonly text: string;
  readonly more: More | null;
}

const DONE_MILLISECONDS = 6_000;
const ToastContext = createContext<Toast | null>(null);

/** Short messages in a corner, which screen readers announce. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const last = useRef(0);
  const show = useCallback((kind: Shown['kind'], text: string, more: More | null = null) => {
    const id = ++last.current;
    setShown((others) => [...others.slice(-2), { id, kind, text, more }]);
  }, []);
  const close = useCallback((id: number) => setShown((all) => all.filter((each) => each.id !== id)), []);
  const toast = useMemo<Toast>(
    () => ({
      done: (text, more) => show('done', text, more),
      failed: (error) => (error instanceof ChangeProposed ? undefined : show('failed', error.message)),
    }),
    [show],
  );
  return (
    <ToastContext value={toast}>
      {children}
      <div className="toasts" aria-live="polite" role="status">
        {shown.map((each) => (
          <ToastBox key={each.id} toast={each} close={close} />
        ))}
      </div>
    </ToastContext>
  );
}

function ToastBox({ toast, close }: { readonly toast: Shown; readonly close: (id: number) => void }) {
  const { id, kind, text, more } = toast;
  useEffect(() => {
    if (kind !== 'done' || more !== null) return;
    const timer = setTimeout(() => close(id), DONE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [id, kind, more, close]);
  return (
    <div className={`toast toast-${kind}`}>
      <p>
        {text} {more !== null && <a href={more.address}>{more.label}</a>}
      </p>
      <button type="button" className="button button-quiet icon-button" onClick={() => close(id)}>
        <Icon name="close" />
        <span className="visually-hidden">Close the message</span>
      </button>
    </div>
  );
}

export function useToast(): Toast {
  const toast = useContext(ToastContext);
  if (toast === null) throw new Error('there is no ToastProvider');
  return toast;
}
