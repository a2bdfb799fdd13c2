import { useCallback, useEffect, useState } from 'react';
import { isSame, keepDraft, readDraft, type Draft, type DraftOf, type Edited } from './draft.ts';

export interface Editing {
  readonly edited: Edited;
  /** There are changes that are not saved. */
  readonly dirty: boolean;
  /** The text comes from a draft of before: says when that was last changed. Milliseconds since 1970. */
  readonly restoredFrom: number | null;
  /** The version that the text was taken from or saved as; 0 for none. */
  readonly base: number;
  /** The latest version when the text was taken. */
  readonly latest: number;
  /** The browser could not keep the changes. */
  readonly unkept: boolean;
  /** Another name for each text that replaces the one before in the editor. */
  readonly epoch: number;
  readonly change: (members: Partial<Edited>) => void;
  /** Takes the text of the latest version; unsaved changes are gone. */
  readonly begin: (edited: Edited, latest: number) => void;
  /** Goes back to the version's own text. */
  readonly discard: () => void;
  /** What was edited is a version now. */
  readonly saved: (edited: Edited, version: number) => void;
  /** The text stays, as a change of what is the latest version by now. */
  readonly rebase: (edited: Edited, latest: number) => void;
}

interface State {
  readonly start: Edited;
  readonly edited: Edited;
  readonly base: number;
  readonly latest: number;
  readonly restoredFrom: number | null;
  readonly epoch: number;
  readonly unkept: boolean;
}

/**
 * What is edited of one version of a script. Unsaved changes are kept in the tab and are there again when one comes back.
 *
 * @param start the version's own text
 */
export function useEditing(of: DraftOf, start: Edited, base: number, latest: number): Editing {
  const [state, setState] = useState<State>(() => {
    const draft = readDraft(of);
    const fresh = { start, edited: start, base, latest, restoredFrom: null, epoch: 0, unkept: false };
    if (draft === null || isSame(draft, start)) return fresh;
    const { source, language, libraries, secrets } = draft;
    return {
      ...fresh,
      edited: { source, language, libraries, secrets },
      base: draft.base,
      latest: draft.latest,
      restoredFrom: draft.isFirst === true ? null : draft.at,
    };
  });
  const { administrator, kind, id } = of;
  const keep = useCallback((draft: Draft | null) => keepDraft({ administrator, kind, id }, draft), [administrator, kind, id]);
  const dirty = !isSame(state.edited, state.start);
  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [dirty]);

  const change = useCallback(
    (members: Partial<Edited>) => {
      setState((before) => {
        const edited = { ...before.edited, ...members };
        const kept = keep(isSame(edited, before.start) ? null : { ...edited, base: before.base, latest: before.latest, at: Date.now() });
        return { ...before, edited, unkept: !kept };
      });
    },
    [keep],
  );
  const begin = useCallback(
    (now: Edited, version: number) => {
      keep(null);
      setState(({ epoch }) => ({
        start: now,
        edited: now,
        base: version,
        latest: version,
        restoredFrom: null,
        epoch: epoch + 1,
        unkept: false,
      }));
    },
    [keep],
  );
  const discard = useCallback(() => {
    keep(null);
    setState((before) => ({ ...before, edited: before.start, restoredFrom: null, epoch: before.epoch + 1, unkept: false }));
  }, [keep]);
  const saved = useCallback(
    (edited: Edited, version: number) => {
      setState((before) => {
        const isAsSaved = isSame(before.edited, edited);
        if (isAsSaved) keep(null);
        // What was typed while it was saved is a change of the new version.
        else keep({ ...before.edited, base: version, latest: version, at: Date.now() });
        return { ...before, start: edited, base: version, latest: version, restoredFrom: null };
      });
    },
    [keep],
  );
  const rebase = useCallback(
    (now: Edited, version: number) => {
      setState((before) => {
        keep(isSame(before.edited, now) ? null : { ...before.edited, base: version, latest: version, at: Date.now() });
        return { ...before, start: now, base: version, latest: version };
      });
    },
    [keep],
  );
  const { edited, restoredFrom, epoch, unkept } = state;
  return { edited, dirty, restoredFrom, base: state.base, latest: state.latest, unkept, epoch, change, begin, discard, saved, rebase };
}
