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
      }
    | { readonly procedure: string; readonly version: number };
  /** The endpoint it would be bound to; by default the profile's first of the flow's kind. */
  readonly endpoint?: string;
  /** The calling client's id; by default a sample client. */
  readonly client?: string;
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
}

export interface DryRunner {
  /** @throws ConfigurationError-like not-found errors as `DryRunError` when the request names what does not exist. */
  run(request: DryRunRequest): Promise<DryRunReport>;
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
