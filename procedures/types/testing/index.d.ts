/// <reference lib="es2015.promise" />

/**
 * What test files of procedures (`*.test.js`, `*.test.ts`) can use, as globals. `tokenwright procedure test` runs them.
 */

/** Declares tests that belong together. The function runs at once and must not be async. */
declare const describe: TestDeclaration<() => void>;

/** Declares a test. It passes unless it throws; a promise is waited for. */
declare const it: TestDeclaration<() => unknown>;

/** The same as `it`. */
declare const test: TestDeclaration<() => unknown>;

interface TestDeclaration<Body> {
  (name: string, body: Body): void;
  /** Does not run it. */
  skip(name: string, body: Body): void;
  /** Runs, of this file, nothing but what is marked like this. */
  only(name: string, body: Body): void;
}

/** Runs before every test of the `describe` or file it stands in. */
declare function beforeEach(body: () => unknown): void;
declare function afterEach(body: () => unknown): void;
/** Runs once before the first test of the `describe` or file it stands in. */
declare function beforeAll(body: () => unknown): void;
declare function afterAll(body: () => unknown): void;

/**
 * Runs the procedure in the sandbox, with the checks of production. Nothing is stored, and nothing signed with a real key.
 * Without a procedure in the sample, it is the one beside the test: `name.js` or `name.ts` of `name.test.js`.
 *
 * @param sample the name of a sample that comes with the flow, one made with `sample`, or the members of one
 * @param changes members over those of the sample: `client`, `profile`, `user`, `token`, `form`, `query`, `headers` and `answers`
 * member by member, the others as a whole
 */
declare function run(sample?: SampleName | NamedSample | Sample, changes?: Sample): Promise<Ran>;

/** Makes a sample to run again and again. The parameters are those of `run`. */
declare function sample(base?: SampleName | NamedSample | Sample, changes?: Sample): NamedSample;

/**
 * Samples that come with the flows; the first of a flow is the one that is taken where none is named.
 *
 * Introspection: `user-token` (active, of the user alice), `client-token` (active, of a client itself), `inactive-token`.
 * Client credentials: `client`. Authorization code: `code`, `openid-code`. Authorize: `authorization`, `implicit`, `openid-implicit`, `hybrid`.
 * Userinfo: `userinfo`. Device authorization: `device`. Device code: `device-code`, `openid-device-code`.
 * Refresh: `refresh`. JWT bearer: `assertion`. Password: `password`. Token exchange: `exchange`, `foreign-exchange` (of a token
 * that nobody here knows). Backchannel authentication: `backchannel-request`, and when its client polls `backchannel-authentication`. The older token exchange: `older-exchange`. Revocation: `revoked-token`, `unknown-token`. Client
 * registration: `registration`.
 */
type SampleName =
  | 'user-token'
  | 'client-token'
  | 'inactive-token'
  | 'client'
  | 'code'
  | 'openid-code'
  | 'authorization'
  | 'implicit'
  | 'openid-implicit'
  | 'hybrid'
  | 'userinfo'
  | 'refresh'
  | 'assertion'
  | 'password'
  | 'backchannel-authentication'
  | 'backchannel-request'
  | 'exchange'
  | 'foreign-exchange'
  | 'older-exchange'
  | 'device'
  | 'device-code'
  | 'openid-device-code'
  | 'revoked-token'
  | 'unknown-token'
  | 'registration';

/** A sample that `sample` made. */
interface NamedSample {
  readonly base: string | null;
  readonly changes: Readonly<Record<string, unknown>>;
}

/** What a procedure is run against. Paths are relative to the folder of the test file, lifetimes are seconds. */
interface Sample {
  /** The procedure's file. */
  procedure?: string;
  /** Files of the global scripts it uses, in the order in which they are evaluated. */
  libraries?: string[];
  /** Where it shows neither in the procedure's comment, nor in its folder's name, nor in the type of its context. */
  flow?: string;
  /** The calling client. */
  client?: {
    id?: string;
    name?: string;
    description?: string;
    properties?: Record<string, unknown>;
    /** Those it may have; without them the sample's. */
    scopes?: string[];
    audiences?: string[];
    accessTokenFormat?: TokenForm;
    accessTokenLifetime?: number;
  };
  /** Whom the presented token is about: the subject, or the subject with claims of the token. */
  user?: string | { subject: string; [claim: string]: unknown };
  /** Granted to the presented token, or asked for. */
  scopes?: string[];
  /** Data of the presented token over the sample's; null for one that is not active or not known. */
  token?: Record<string, unknown> | null;
  /** Of a client that registers, over the sample's. RFC 7591 section 2. */
  metadata?: Record<string, unknown>;
  /** Parameters of the request's body. */
  form?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  clientIpAddress?: string;
  /** At which `Date` stands still: seconds since 1970, a `Date`, or a text such as `2026-07-01T09:00:00Z`. Default: now. */
  time?: number | string | Date;
  profile?: {
    issuer?: string;
    /** All that there are; without them those that the sample speaks of. */
    scopes?: string[] | Record<string, { lifetime?: number }>;
    allowedAudiences?: string[] | null;
    accessTokenLifetime?: number;
    maximumTokenLifetime?: number;
    accessTokenFormat?: TokenForm;
    /** Kinds of access tokens that can be issued. Default: all. */
    tokenIssuers?: TokenForm[];
  };
  /** HTTP clients that there are, by id, each with its host: `{ crm: 'api.example.com' }`. Nothing is ever called: see `answers`. */
  httpClients?: Record<string, string | { host: string; allowTokens?: boolean }>;
  /** Buckets that there are, by id, each with attributes by purpose, whatever the subject. */
  buckets?: Record<string, Record<string, Record<string, unknown>>>;
  /** Secrets that there are and may be read, by name. */
  secrets?: Record<string, string>;
  /**
   * What services answer, by call, such as `http GET api.example.com/users` or only `http`; of a list, one after the other.
   * `http`: `{ statusCode, headers, body }`, `verify-jwt`: the payload, both also `{ error: '...' }` in order to fail;
   * `cache-get`: the value.
   */
  answers?: Record<string, unknown>;
}

type TokenForm = 'opaque' | 'jwt' | 'wrapped-opaque';

/** How a run ended. */
interface Ran {
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
    readonly body: any;
    readonly text: string;
  };
  /** Tokens that would have been stored, in order. */
  readonly tokens: readonly { readonly form: string; readonly purpose: string; readonly data: TestedMembers }[];
  /** JWTs that were signed, decoded. */
  readonly jwts: readonly { readonly header: TestedMembers; readonly claims: TestedMembers }[];
  /** Delegations that would have been stored, in order. */
  readonly delegations: readonly TestedMembers[];
  /** Everything that would have been stored, tokens and delegations included, in order. */
  readonly effects: readonly { readonly kind: string; readonly detail: any }[];
  readonly log: readonly { readonly level: string; readonly message: string }[];
  /** Set when the procedure refused: what the client is told. */
  readonly denial: { readonly status: number; readonly error: string; readonly description: string | null } | null;
  /** Set when the procedure failed; the position is in the file as written. */
  readonly fault:
    (Partial<FilePosition> & { readonly kind: string; readonly message: string; readonly stack: readonly FilePosition[] }) | null;
  /** What the upload check says: errors when the outcome is `refused`, else warnings. */
  readonly findings: readonly (Partial<FilePosition> & { readonly code: string; readonly message: string })[];
  /** Calls of services, in order. */
  readonly hostCalls: readonly {
    readonly kind: 'http' | 'verify-jwt' | 'cache-get' | 'cache-set' | 'secret' | 'bucket-get';
    /** Such as `GET api.example.com/users`. */
    readonly target: string;
    /** `answered`, for HTTP with the status, or the code of what went wrong. */
    readonly outcome: string;
    /** What was asked: of `http` an object with `method`, `path`, `query`, `headers` and `body`. */
    readonly args: any;
    readonly answer: any;
  }[];
}

type TestedMembers = { readonly [name: string]: any };

/** Line and column from 1. */
interface FilePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Makes an expectation of a value. */
declare const expect: {
  (actual: unknown): Expectations<void> & {
    readonly not: Expectations<void>;
    /** For a promise: of what it is fulfilled with. To be awaited. */
    readonly resolves: Expectations<Promise<void>> & { readonly not: Expectations<Promise<void>> };
    /** For a promise: of the error it is rejected with. To be awaited. */
    readonly rejects: Expectations<Promise<void>> & { readonly not: Expectations<Promise<void>> };
  };
  /** Any value of a type, such as `expect.any(String)`. */
  any(type: new (...args: never[]) => unknown): any;
  /** Anything but null and undefined. */
  anything(): any;
  stringContaining(part: string): any;
  stringMatching(pattern: string | RegExp): any;
  objectContaining(members: object): any;
  arrayContaining(items: readonly unknown[]): any;
};

interface Expectations<Answer> {
  /** The same value. */
  toBe(expected: unknown): Answer;
  /** Equal in all members; what is undefined counts as absent. */
  toEqual(expected: unknown): Answer;
  /** All that is expected is there; objects may have more members. */
  toMatchObject(expected: object): Answer;
  /** A list with this very item, or a text with this part. */
  toContain(item: unknown): Answer;
  toContainEqual(item: unknown): Answer;
  toMatch(pattern: string | RegExp): Answer;
  toHaveLength(length: number): Answer;
  /** `path` is split at dots; a list of names is taken as it is. */
  toHaveProperty(path: string | readonly string[], value?: unknown): Answer;
  toBeNull(): Answer;
  toBeUndefined(): Answer;
  toBeDefined(): Answer;
  toBeTruthy(): Answer;
  toBeFalsy(): Answer;
  toBeGreaterThan(than: number): Answer;
  toBeGreaterThanOrEqual(than: number): Answer;
  toBeLessThan(than: number): Answer;
  toBeLessThanOrEqual(than: number): Answer;
  /** A function that throws, or an error, with this in its message. */
  toThrow(message?: string | RegExp): Answer;
  /** Of a run: it was answered, with this status if one is given. */
  toBeAnswered(status?: number): Answer;
  /** Of a run: the procedure refused on purpose. */
  toBeDenied(denial?: { status?: number; error?: string; description?: string | RegExp | null }): Answer;
  /** Of a run: the procedure failed. */
  toBeFaulted(fault?: { kind?: string; message?: string | RegExp; line?: number; column?: number }): Answer;
  /** Of a run: a line of its log has this text. */
  toHaveLogged(text: string | RegExp, level?: 'trace' | 'debug' | 'info' | 'warn' | 'error'): Answer;
}
