import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { failureOf } from '../api/not-changed.ts';
import { Icon } from '../shell/icon.tsx';
import './toast.css';

export interface Toast {
  /** Something was done: a short sentence. */
  readonly done: (text: string) => void;
  /** Something could not be done. It stays until it is closed. Of what was not changed on purpose nothing is said. */
  readonly failed: (error: Error) => void;
}

interface Shown {
  readonly id: number;
  readonly kind: 'done' | 'failed';
  readonly text: string;
}

const DONE_MILLISECONDS = 6_000;
const ToastContext = createContext<Toast | null>(null);

/** Short messages in a corner, which screen readers announce. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const last = useRef(0);
  const show = useCallback((kind: Shown['kind'], text: string) => {
    const id = ++last.current;
    setShown((others) => [...others.slice(-2), { id, kind, text }]);
  }, []);
  const close = useCallback((id: number) => setShown((all) => all.filter((each) => each.id !== id)), []);
  const toast = useMemo<Toast>(
    () => ({
      done: (text) => show('done', text),
      failed: (error) => failureOf(error) !== null && show('failed', error.message),
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
  const { id, kind, text } = toast;
  useEffect(() => {
    if (kind !== 'done') return;
    const timer = setTimeout(() => close(id), DONE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [id, kind, close]);
  return (
    <div className={`toast toast-${kind}`}>
      <p>{text}</p>
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
