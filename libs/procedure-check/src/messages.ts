import type { CheckFinding, ProcedureLanguage } from '#libs/oauth';

/** What the checking process is asked. */
export interface CheckRequest {
  readonly language: ProcedureLanguage;
  readonly source: string;
  /** Null for a library. */
  readonly flow: string | null;
  readonly libraries: readonly UsedLibrary[];
  /** Milliseconds after which it gives up by itself, where it can. */
  readonly milliseconds: number;
}

/** A library whose names the checked text sees, in its own language. */
export interface UsedLibrary {
  readonly name: string;
  readonly language: ProcedureLanguage;
  readonly source: string;
}

/** What it answers. */
export interface CheckReply {
  /** What runs; null where the types cannot be blanked, which `errors` then says. */
  readonly script: string | null;
  readonly errors: readonly CheckFinding[];
  readonly warnings: readonly CheckFinding[];
}

/** A reply as it is sent. */
export interface SentReply {
  readonly reply: CheckReply;
  /** The process has grown: what it keeps warm is no longer worth its memory. */
  readonly isHeavy: boolean;
}

/** Its first word, once the types of procedures are read and it can be asked. */
export const READY = 'ready';
