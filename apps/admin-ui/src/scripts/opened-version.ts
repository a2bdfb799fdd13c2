import { useState } from 'react';
import { isSame, keepDraft, readDraft, type DraftOf, type Edited } from './draft.ts';
import { useConfirm } from '../components/confirm.tsx';

/** Which version's text is in the editor. It stays when versions are saved meanwhile, here or elsewhere. */
export function useOpenedVersion(latest: number, of: DraftOf) {
  const [opened, setOpened] = useState({ version: latest, shown: latest, epoch: 0 });
  const confirm = useConfirm();
  /** Opens another one; unsaved changes are asked about. @returns whether it is open now */
  const open = async (version: number, start: Edited | null): Promise<boolean> => {
    const draft = readDraft(of);
    const isDirty = draft !== null && (start === null || !isSame(draft, start));
    const yes =
      !isDirty ||
      (await confirm({
        title: `Open version ${version} in place of what you edit?`,
        text: 'There are changes that are not saved. They are gone then.',
        action: 'Discard them and open it',
        dangerous: true,
      }));
    if (!yes) return false;
    keepDraft(of, null);
    setOpened(({ epoch }) => ({ version, shown: version, epoch: epoch + 1 }));
    return true;
  };
  /** What is in the editor is this version now; the editor stays as it is. */
  const savedAs = (version: number) => setOpened((before) => ({ ...before, shown: version }));
  return { opened: opened.version, shown: opened.shown, epoch: opened.epoch, open, savedAs };
}
