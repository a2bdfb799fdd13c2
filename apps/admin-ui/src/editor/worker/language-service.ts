import type { Declarations, UsedLibrary } from '../../../../../libs/procedure-check/src/editor.ts';
import type { Finding } from '../../api/api-error.ts';
import type { ScriptLanguage } from '../../api/script-types.ts';

/** A text in the editor, with all that its types depend on. */
export interface EditedText {
  readonly language: ScriptLanguage;
  /** Null for a library. */
  readonly flow: string | null;
  readonly source: string;
  /** In the order of evaluation. */
  readonly libraries: readonly UsedLibrary[];
}

/** Text in pieces, each with the kind that the compiler gives it, such as `keyword` or `propertyName`. */
export type Pieces = readonly { readonly kind: string; readonly text: string }[];

export interface CompletionItem {
  readonly name: string;
  /** As the compiler names it: `method`, `property`, `const` ... */
  readonly kind: string;
  /** Smaller is better. */
  readonly sort: string;
  /** What is put in from where, when that is not the name in place of the word: `?.owner` after what may be null. */
  readonly instead: { readonly from: number; readonly text: string } | null;
}

export interface Completions {
  /** Offset at which the completed word begins. */
  readonly from: number;
  readonly items: readonly CompletionItem[];
}

export interface Documented {
  readonly signature: Pieces;
  /** Paragraphs. */
  readonly documentation: string;
  readonly tags: readonly { readonly name: string; readonly text: string }[];
}

export interface Hover extends Documented {
  readonly from: number;
  readonly to: number;
}

export interface SignatureHelp {
  readonly prefix: string;
  readonly parameters: readonly { readonly text: string; readonly documentation: string }[];
  readonly suffix: string;
  readonly active: number;
  readonly documentation: string;
  /** How many overloads there are, and which one it is, from 1. */
  readonly of: number;
  readonly number: number;
}

/** Findings with offsets into the text. */
export interface PlacedFinding extends Finding {
  readonly from: number;
  readonly to: number;
  readonly severity: 'error' | 'warning';
}

export interface Formatted {
  readonly text: string;
  readonly cursor: number;
}

/** What the worker does. Places are offsets in UTF-16 units. */
export interface LanguageService {
  /** Reads the declarations; everything else needs them. */
  load(declarations: Declarations): Promise<void>;
  findings(text: EditedText): Promise<readonly PlacedFinding[]>;
  completions(text: EditedText, at: number): Promise<Completions | null>;
  completionDetails(text: EditedText, at: number, name: string): Promise<Documented | null>;
  hover(text: EditedText, at: number): Promise<Hover | null>;
  signature(text: EditedText, at: number): Promise<SignatureHelp | null>;
  /** In the style of the shipped procedures. @throws Error that says where the syntax is wrong */
  format(source: string, language: ScriptLanguage, cursor: number): Promise<Formatted>;
}
