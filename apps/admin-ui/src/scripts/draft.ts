import type { ScriptKind, ScriptLanguage } from '../api/script-types.ts';

/** What is edited: a text with what goes with it into the next version. */
export interface Edited {
  readonly source: string;
  readonly language: ScriptLanguage;
  /** Such as `claims@2`, in the order of evaluation. */
  readonly libraries: readonly string[];
  readonly secrets: readonly string[];
}

/** Unsaved changes, as they are kept for this tab of the browser. */
export interface Draft extends Edited {
  /** The version that the text was taken from; 0 for none. */
  readonly base: number;
  /** The latest version when the text was taken; 0 for none. */
  readonly latest: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** It is what somebody begins with, and nobody has changed it yet. */
  readonly isFirst?: boolean;
}

/** Whose changes of what: the next person who signs in here gets none of them. */
export interface DraftOf {
  readonly administrator: string;
  readonly kind: ScriptKind;
  readonly id: string;
}

export function readDraft(of: DraftOf): Draft | null {
  const text = sessionStorage.getItem(keyOf(of));
  return text === null ? null : (JSON.parse(text) as Draft);
}

/** @returns false when the browser has no room for it */
export function keepDraft(of: DraftOf, draft: Draft | null): boolean {
  try {
    if (draft === null) sessionStorage.removeItem(keyOf(of));
    else sessionStorage.setItem(keyOf(of), JSON.stringify(draft));
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'QuotaExceededError') return false;
    throw error;
  }
}

export function isSame(one: Edited, other: Edited): boolean {
  const members = ({ source, language, libraries, secrets }: Edited) => JSON.stringify([source, language, libraries, [...secrets].sort()]);
  return members(one) === members(other);
}

function keyOf({ administrator, kind, id }: DraftOf): string {
  return `tokenwright-draft:${[administrator, kind, id].map(encodeURIComponent).join(':')}`;
}
