import { useEffect, useId, useRef, type ReactNode } from 'react';
import { Icon } from '../shell/icon.tsx';
import './dialog.css';

/** A modal dialog: the browser keeps the focus in it, closes it by Escape and gives the focus back. It is open while it is rendered. */
export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons at its end; the usual one last. */
  readonly actions?: ReactNode;
  readonly wide?: boolean;
  /** Something in it must not be lost by chance: only its own buttons close it. */
  readonly firm?: boolean;
}) {
  const { title, onClose, children, actions, wide = false, firm = false } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element?.open === false) element.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`dialog ${wide ? 'dialog-wide' : ''}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        // Fields of files inside it have cancel events, too.
        if (event.target !== dialog.current) return;
        event.preventDefault();
        if (!firm) onClose();
      }}
    >
      <div className="dialog-body">
        <header className="dialog-header">
          <h2 id={heading}>{title}</h2>
          {!firm && (
            <button type="button" className="button button-quiet icon-button" onClick={onClose}>
              <Icon name="close" />
              <span className="visually-hidden">Close</span>
            </button>
          )}
        </header>
        <div className="dialog-content">{children}</div>
        {actions !== undefined && <footer className="dialog-actions">{actions}</footer>}
      </div>
    </dialog>
  );
}
