/**
 * Every problem the admin API answers, by name: the type is `urn:tokenwright:problem:<name>`. RFC 9457.
 * Names, statuses and titles are stable; the detail says what is wrong with this request.
 */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is malformed' },
  unauthorized: { status: 401, title: 'An administrator token is required' },
  forbidden: { status: 403, title: 'The role of this administrator does not allow it' },
  'foreign-origin': { status: 403, title: 'A page of another origin has made the request' },
  'csrf-token': { status: 403, title: 'The request does not have the token of the session' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'This resource does not have this method' },
  'already-exists': { status: 409, title: 'There already is one' },
  'owned-by-file': { status: 409, title: 'A configuration file owns it' },
  'in-use': { status: 409, title: 'Something else needs it' },
  'rotation-too-early': { status: 409, title: 'The next key was published too recently' },
  'no-earlier-version': { status: 409, title: 'There is no version to roll back to' },
  'samples-failed': { status: 409, title: 'The version fails in samples of its procedure' },
  'too-many-samples': { status: 409, title: 'The procedure has as many samples as it may' },
  'too-many-secrets': { status: 409, title: 'Two secrets of the client are valid already' },
  'proposal-decided': { status: 409, title: 'The proposal is decided, or over' },
  'proposal-stale': { status: 409, title: 'The proposal was made for another state' },
  'last-administrator': { status: 409, title: 'Nobody could administer the service any more' },
  'precondition-failed': { status: 412, title: 'It is not in the state the request expects' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The resource does not take bodies of this type' },
  'invalid-body': { status: 422, title: 'The body does not have the right shape' },
  'invalid-configuration': { status: 422, title: 'The configuration would not be valid' },
  'procedure-refused': { status: 422, title: 'The procedure did not pass the check' },
  'too-many-attempts': { status: 429, title: 'Too many failed attempts' },
  internal: { status: 500, title: 'The request could not be completed' },
  unavailable: { status: 503, title: 'The service cannot do this now' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

export type ProblemName = keyof typeof PROBLEMS;

/** One thing that is wrong with a body or parameter. */
export interface ProblemDetail {
  /** JSON pointer into the body, or `/<name>` for a parameter; empty for all of it. RFC 6901. */
  readonly pointer: string;
  readonly message: string;
  /** The entity it is about, when that is not the one in the request's path. */
  readonly kind?: string;
  readonly key?: string;
  /** Place in a text body, from 1. */
  readonly line?: number;
  readonly column?: number;
}

export interface ProblemOptions {
  readonly errors?: readonly ProblemDetail[];
  /** Further members of the body, RFC 9457 section 3.2. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log, never for the answer. */
  readonly cause?: unknown;
}

/** A refusal as a problem details answer. All of it but the cause is shown, so no secret may be in it. */
export class Problem extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly #options: ProblemOptions;

  constructor(
    readonly problem: ProblemName,
    detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Problem';
    this.status = PROBLEMS[problem].status;
    this.headers = options.headers ?? {};
    this.#options = options;
  }

  get errors(): readonly ProblemDetail[] {
    return this.#options.errors ?? [];
  }

  /** The body, RFC 9457 section 3. */
  toBody(): Record<string, unknown> {
    return {
      type: `urn:tokenwright:problem:${this.problem}`,
      title: PROBLEMS[this.problem].title,
      status: this.status,
      detail: this.message,
      ...(this.#options.errors === undefined ? {} : { errors: this.#options.errors }),
      ...this.#options.members,
    };
  }
}

/** The problem for something that a path names and that does not exist. */
export function notFound(what: string): Problem {
  return new Problem('not-found', `There is no ${what}.`);
}

/** The problem for a dry run that cannot be made as it is asked for. */
export function dryRunMisfit(errors: readonly ProblemDetail[]): Problem {
  return new Problem('invalid-body', 'The dry run names what does not exist or does not fit.', { errors });
}

/** A JSON pointer from its segments. RFC 6901 section 3. */
export function jsonPointer(segments: readonly PropertyKey[]): string {
  return segments.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
