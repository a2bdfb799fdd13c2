import type { Finding } from '../api/api-error.ts';
import type { ScriptLanguage } from '../api/script-types.ts';

/** What the panel beside the editor is given: the procedure as it is in the editor, saved or not. */
export interface TryPanelProps {
  /** Id of the procedure. */
  readonly procedure: string;
  readonly flow: string;
  readonly language: ScriptLanguage;
  /** As it is in the editor. */
  readonly source: string;
  /** Such as `claims@2`, in the order of evaluation. */
  readonly libraries: readonly string[];
  readonly secrets: readonly string[];
  /** Errors of a run, to be marked at their lines in the editor; an empty list takes the marks away. */
  readonly onMarks: (findings: readonly Finding[]) => void;
  /** There is something to see in the panel, which is out of sight where there is no room for both. */
  readonly onShow: () => void;
}
