import type { CheckFinding, Fault, LogLine, ProgramLibrary, Usage } from './sandbox.ts';
import type { FlowId } from './flows.ts';
import type { ExecutionCall } from './service-calls.ts';

/** What to try: a source that is not stored, or a stored version; against a sample or given parts of one. */
export interface DryRunRequest {
  readonly profile: string;
  readonly flow: FlowId;
  readonly program:
    | {
        readonly source: string;
        /** In the order of their evaluation. */
        readonly libraries?: readonly ProgramLibrary[];
        /** Names of the secrets it may read; by default all of the profile, as it gets labels in their place. */
        readonly secrets?: readonly string[];
      }
    | { readonly procedure: string; readonly version: number };
  /** The endpoint it would be bound to; by default the profile's first of the flow's kind. */
  readonly endpoint?: string;
  /** The calling client's id; by default a sample client. */
  readonly client?: string;
  /** An account of the profile, by its id or its username: who the flow is about, with what is known of the person. */
  readonly account?: string;
  /** As the person is called who signs in; of an account that is named it is the account's. */
  readonly username?: string;
  /** Who the flow is about, whether there is such an account or not; nothing else is known of the person. */
  readonly subject?: string;
  /**
   * A token that is looked up as introspection would, whose data then are those of the presented one: opaque, wrapped or a JWT of the
   * profile. The procedure sees another value in its place, so that nothing it logs or answers opens anything.
   */
  readonly token?: string;
  /** Introspection and revocation: data of the presented token, over the sample's; `null` for an inactive or unknown one. */
  readonly tokenData?: Readonly<Record<string, unknown>> | null;
  /** Client registration: the metadata of the request, over the sample's. RFC 7591 section 2. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Requested or granted scopes; by default the client's. */
  readonly scopes?: readonly string[];
  /** Form parameters of the request, over the sample's. */
  readonly form?: Readonly<Record<string, string>>;
  /** The rest of the request, over the sample's. */
  readonly request?: DryRunTransport;
  /** What services answer. Without an answer HTTP and published key sets fail; cache and buckets are empty. */
  readonly answers?: readonly DryRunAnswer[];
}

/** The answer of a service in a dry run. Of several for the same call each is used once, and the last one again. */
export interface DryRunAnswer {
  /** `http`, `verify-jwt`, `cache-get` or `bucket-get`, alone or with the target that the report's `calls` shows: `http GET api.example.com/users`. */
  readonly call: string;
  /**
   * `http`: `{ statusCode, headers, body }`, with 200, none and nothing where they are left out, and a body that is not text
   * as JSON. `verify-jwt`: the payload. `bucket-get`: the attributes. `cache-get`: the value.
   * For the first two `{ error: "..." }` alone makes the call fail.
   */
  readonly answer: unknown;
}

/** What a request has beside its form. */
export interface DryRunTransport {
  /** Names in any case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly clientIpAddress?: string;
}

/** What a client or gateway would have got, and what the procedure did; nothing was stored, nothing signed with a real key. */
export interface DryRunReport {
  readonly outcome: 'answered' | 'rejected' | 'fault' | 'refused';
  /** The HTTP answer after the very checks of production; a fault shows here as the fixed `server_error`. */
  readonly answer: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };
  /** Set when the outcome is `fault`: for the administrator's eyes. */
  readonly fault: Fault | null;
  /** Set when the outcome is `refused`: the source did not pass the upload check. */
  readonly findings: readonly CheckFinding[];
  /** JWTs the procedure issued, decoded; signed with the key `dry-run`, which is never published. */
  readonly issued: readonly { readonly header: Readonly<Record<string, unknown>>; readonly claims: Readonly<Record<string, unknown>> }[];
  /** What would have been stored, in order. */
  readonly effects: readonly { readonly kind: string; readonly detail: unknown }[];
  readonly log: readonly LogLine[];
  /** The services it called, in order. */
  readonly calls: readonly ExecutionCall[];
  readonly usage: Usage | null;
  /** What it was tried in; null where that did not come about. */
  readonly context: DryRunContext | null;
  /** What would have had an effect outside of the run and had none. */
  readonly muted: readonly Muted[];
}

/** What a dry run was made of. */
export interface DryRunContext {
  readonly profile: string;
  readonly endpoint: string;
  readonly client: {
    readonly id: string;
    readonly name: string;
    /** Whether it is made up. */
    readonly isSample: boolean;
    readonly scopes: readonly string[];
    readonly properties: Readonly<Record<string, unknown>>;
  };
  readonly account: { readonly id: string; readonly username: string; readonly attributes: Readonly<Record<string, unknown>> } | null;
  /** What was found of a token that was given; null without one. */
  readonly token: DryRunToken | null;
}

/** A token that was looked up: never its value. */
export interface DryRunToken {
  /** `hidden`: it is active, and the client may not know of it. */
  readonly status: 'active' | 'expired' | 'revoked' | 'hidden' | 'unknown';
  /** Public id; null for one that is unknown. */
  readonly id: string | null;
  readonly purpose: string | null;
  readonly form: string | null;
  readonly clientId: string | null;
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly expiresAt: number | null;
}

/** An effect that a dry run does not have. */
export interface Muted {
  /** `signature`: signed with a key of no use. `store`: not stored. `call`: a service that was not asked. `secret`: a label in its place. */
  readonly kind: 'signature' | 'store' | 'call' | 'secret';
  readonly what: string;
}

export interface DryRunner {
  /** @throws ConfigurationError-like not-found errors as `DryRunError` when the request names what does not exist. */
  run(request: DryRunRequest): Promise<DryRunReport>;
  /** What a dry run would be made of, without making it; the program does not matter. @throws DryRunError */
  context(request: DryRunRequest): Promise<DryRunContext>;
}

/** Nothing is wrong with the request for a dry run: too many others wait. */
export class DryRunBusyError extends Error {
  override readonly name = 'DryRunBusyError';

  constructor() {
    super('Too many dry runs are waiting. Try again in a moment.');
  }
}

/** The request for a dry run names something that does not exist or does not fit. */
export class DryRunError extends Error {
  constructor(
    readonly pointer: string,
    message: string,
  ) {
    super(message);
    this.name = 'DryRunError';
  }
}
