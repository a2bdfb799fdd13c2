import { useEffect, useState } from 'react';
import { Icon } from '../shell/icon.tsx';
import { Button } from './button.tsx';
import { useToast } from './toast.tsx';

/**
 * Copies a text; says for a moment that it has.
 *
 * @param of what the text is, for screen readers, where several stand on a page
 */
export function CopyButton({ text, label = 'Copy', of }: { readonly text: string; readonly label?: string; readonly of?: string }) {
  const [copied, setCopied] = useState(false);
  const toast = useToast();
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => toast.failed(new Error('The browser did not let the page copy. Mark the text and copy it.')),
    );
  return (
    <Button small onClick={() => void copy()}>
      <Icon name={copied ? 'check' : 'copy'} />
      <span aria-live="polite">{copied ? 'Copied' : label}</span>
      {of !== undefined && <span className="visually-hidden"> {of}</span>}
    </Button>
  );
}
