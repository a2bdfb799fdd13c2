/** How running a procedure against a sample ended: what `run` answers to a test. */
export interface Ran {
  /** `answered`, refused on purpose by the procedure, failed, or not run because it does not pass the upload check. */
  readonly outcome: 'answered' | 'rejected' | 'fault' | 'refused';
  /** Path of the procedure's file. */
  readonly procedure: string;
  readonly flow: string;
  /** The HTTP answer after the very checks of production. A fault shows here as a client sees it. */
  readonly response: {
    readonly status: number;
    /** Names in lower case. */
    readonly headers: Readonly<Record<string, string>>;
    /** Parsed where it is JSON, text elsewhere, null where there is none. */
    readonly body: unknown;
    readonly text: string;
  };
  /** Tokens that would have been stored, in order, with their data. */
  readonly tokens: readonly { readonly form: string; readonly purpose: string; readonly data: Readonly<Record<string, unknown>> }[];
  /** JWTs that were signed, decoded. */
  readonly jwts: readonly { readonly header: Readonly<Record<string, unknown>>; readonly claims: Readonly<Record<string, unknown>> }[];
  /** Delegations that would have been stored, in order. */
  readonly delegations: readonly Readonly<Record<string, unknown>>[];
  /** Everything that would have been stored, tokens and delegations included, in order. */
  readonly effects: readonly { readonly kind: string; readonly detail: unknown }[];
  readonly log: readonly { readonly level: string; readonly message: string }[];
  /** Set when the outcome is `rejected`: what the client is told. */
  readonly denial: { readonly status: number; readonly error: string; readonly description: string | null } | null;
  /** Set when the outcome is `fault`. */
  readonly fault: RanFault | null;
  /** What the upload check says: errors when the outcome is `refused`, else warnings. */
  readonly findings: readonly (Partial<RanPosition> & { readonly code: string; readonly message: string })[];
  /** Calls of services, in order. */
  readonly hostCalls: readonly {
    /** `http`, `verify-jwt`, `cache-get`, `cache-set`, `secret` or `bucket-get`. */
    readonly kind: string;
    /** Such as `GET api.example.com/users`. */
    readonly target: string;
    /** `answered`, for HTTP with the status, or the code of what went wrong. */
    readonly outcome: string;
    readonly args: unknown;
    readonly answer: unknown;
  }[];
}

/** Line and column from 1, in the file as written. */
export interface RanPosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Why a procedure did not deliver. */
export interface RanFault extends Partial<RanPosition> {
  /** Such as `runtime`, `timeout`, `memory` or `invalid-response`. */
  readonly kind: string;
  readonly message: string;
  /** Innermost first. */
  readonly stack: readonly RanPosition[];
}
