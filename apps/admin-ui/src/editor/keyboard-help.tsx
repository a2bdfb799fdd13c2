import { useSyncExternalStore } from 'react';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';

const STORED_AS = 'tokenwright-tab-indents';
const listeners = new Set<() => void>();

/** Whether the Tab key indents, which the person chose; else it leaves the editor as it leaves every field. */
export function useTabIndents() {
  const tabIndents = useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => localStorage.getItem(STORED_AS) === 'yes',
  );
  const choose = (yes: boolean) => {
    if (yes) localStorage.setItem(STORED_AS, 'yes');
    else localStorage.removeItem(STORED_AS);
    for (const tell of listeners) tell();
  };
  return { tabIndents, choose };
}

const isMac = () => navigator.userAgent.includes('Mac');

const KEYS: readonly (readonly [string, string])[] = [
  ['Ctrl-Space', 'Complete'],
  ['Ctrl-I', 'Show type and documentation of what the cursor is on'],
  ['F8, Shift-F8', 'Go to the next problem, the one before'],
  ['Ctrl-S', 'Save'],
  ['Ctrl-Enter', 'Run a procedure beside the editor'],
  ['Shift-Alt-F', 'Format'],
  ['Ctrl-F', 'Find and replace'],
  ['Ctrl-Z, Ctrl-Y', 'Undo, redo'],
  ['Ctrl-/', 'Comment or uncomment'],
  ['Alt-↑, Alt-↓', 'Move the line'],
  ['Ctrl-D', 'Select the next of the same'],
  ['Ctrl-Alt-[, Ctrl-Alt-]', 'Fold all, unfold all'],
  ['Ctrl-[, Ctrl-]', 'Indent less, more'],
  ['Escape', 'Close what is open'],
  ['Escape, then Tab', 'Leave the editor'],
];

export function KeyboardHelp({ onClose }: { readonly onClose: () => void }) {
  const { tabIndents, choose } = useTabIndents();
  return (
    <Dialog
      title="Keys of the editor"
      onClose={onClose}
      actions={
        <Button kind="primary" onClick={onClose}>
          Close
        </Button>
      }
    >
      <label className="check">
        <input type="checkbox" checked={tabIndents} onChange={({ target }) => choose(target.checked)} />
        <span>
          The Tab key indents
          <span className="field-hint"> Else it goes to the next field. Escape, then Tab always does.</span>
        </span>
      </label>
      <table className="keys">
        <caption className="visually-hidden">Keys</caption>
        <tbody>
          {KEYS.map(([keys, what]) => (
            <tr key={keys}>
              <th scope="row">
                <kbd>{isMac() ? keys.replaceAll('Ctrl', '⌘') : keys}</kbd>
              </th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
