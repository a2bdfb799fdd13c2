import { useState } from 'react';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { Dialog } from './dialog.tsx';
import './secret-once.css';

/** Shows a secret that the service has made and never shows again. Only saying that it is kept closes it. */
export function SecretOnce({ title, secret, onClose }: { readonly title: string; readonly secret: string; readonly onClose: () => void }) {
  const [kept, setKept] = useState(false);
  return (
    <Dialog
      firm
      title={title}
      onClose={onClose}
      actions={
        <Button kind="primary" aria-disabled={!kept} onClick={() => kept && onClose()}>
          Done
        </Button>
      }
    >
      <p>
        This is shown <strong>this once</strong>: the service keeps a hash of it only. Put it where secrets are kept.
      </p>
      <div className="secret-once">
        <code data-testid="secret">{secret}</code>
        <CopyButton text={secret} label="Copy the secret" />
      </div>
      <label className="check">
        <input type="checkbox" checked={kept} onChange={({ target }) => setKept(target.checked)} />
        <span>I have kept the secret</span>
      </label>
    </Dialog>
  );
}
