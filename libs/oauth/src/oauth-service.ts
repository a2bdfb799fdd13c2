import { ClientAuthentication } from './client/client-authentication.ts';
import { FailedAuthentications } from './client/failed-authentications.ts';
import type { Route, Snapshot } from './configuration/snapshot.ts';
import { DiscoveryEndpoint } from './discovery/discovery-endpoint.ts';
import { OAuthError, serverError } from './errors.ts';
import { ForwardAuthEndpoint } from './forward-auth/forward-auth-endpoint.ts';
import { Gateways } from './forward-auth/gateways.ts';
import { IntrospectionAnswer } from './introspection/introspection-answer.ts';
import { IntrospectionEndpoint } from './introspection/introspection-endpoint.ts';
import { PhantomTokens } from './introspection/phantom-tokens.ts';
import { PresentedTokens } from './introspection/presented-tokens.ts';
import { SignatureMemo } from './issuance/signature-memo.ts';
import { BucketWrites } from './procedures/bucket-writes.ts';
import type { ExecutionLog } from './procedures/execution-record.ts';
import { ExecutionRecord } from './procedures/execution-record.ts';
import type { HostServices } from './procedures/host-services.ts';
import { ProcedureExecutor } from './procedures/procedure-executor.ts';
import { DEFAULT_LIMITS, type Sandbox } from './procedures/sandbox.ts';
import { RevocationEndpoint } from './revocation/revocation-endpoint.ts';
import { StoreError } from './store-error.ts';
import type { Stores } from './stores.ts';
import type { GrantType } from './token/grant-type.ts';
import { clientCredentials } from './token/grants/client-credentials.ts';
import { TokenCommit } from './token/token-commit.ts';
import { TokenEndpoint } from './token/token-endpoint.ts';
import { TokenLookup } from './token/token-lookup.ts';
import { errorResponse, type OAuthRequest, type OAuthResponse } from './transport/exchange.ts';

/** The grants the token endpoint knows; metadata lists them from here too. */
export const GRANT_TYPES: readonly GrantType[] = [clientCredentials];

/** What the service stands on. */
export interface OAuthServiceParts {
  readonly stores: Pick<Stores, 'tokens' | 'grants' | 'audit' | 'buckets'>;
  readonly sandbox: Sandbox;
  /** What procedures may call; without it they can call nothing. */
  readonly services?: HostServices;
  readonly log: ExecutionLog;
  /** Seconds since 1970. */
  readonly clock: () => number;
  readonly wallMilliseconds?: number;
}

interface Endpoint {
  handle(request: OAuthRequest, route: Route): Promise<OAuthResponse>;
}

/** Every OAuth endpoint behind one door: finds the route of a path, lets its endpoint answer, and words errors. */
export class OAuthService {
  readonly executions: ExecutionRecord;
  readonly failedAuthentications: FailedAuthentications;
  readonly signatures = new SignatureMemo();
  readonly #endpoints: Readonly<Record<Route['endpoint']['kind'], Endpoint>>;
  readonly #discovery = new DiscoveryEndpoint(GRANT_TYPES);

  constructor(private readonly parts: OAuthServiceParts) {
    const { stores, sandbox, log, clock } = parts;
    this.executions = new ExecutionRecord(log, clock);
    const warn = (message: string, fields: Readonly<Record<string, unknown>>) => {
      log.write('warn', message, fields);
    };
    this.failedAuthentications = new FailedAuthentications(warn, clock);
    const clients = new ClientAuthentication(clock, this.failedAuthentications);
    const procedures = new ProcedureExecutor(sandbox, this.executions, {
      wallMilliseconds: parts.wallMilliseconds ?? DEFAULT_LIMITS.wallMilliseconds,
      ...(parts.services === undefined ? {} : { services: { host: parts.services, buckets: stores.buckets } }),
    });
    const commits = new TokenCommit(stores.tokens);
    const buckets = new BucketWrites(procedures, commits, clock);
    const tokens = new PresentedTokens(new TokenLookup(stores.tokens));
    const phantoms = new PhantomTokens(this.signatures);
    const answers = new IntrospectionAnswer(procedures, clock, warn);
    this.#endpoints = {
      'oauth-token': new TokenEndpoint(clients, GRANT_TYPES, procedures, commits, stores.grants, stores.audit, clock),
      'oauth-introspect': new IntrospectionEndpoint(clients, tokens, procedures, phantoms, answers, buckets, clock),
      'oauth-forward-auth': new ForwardAuthEndpoint(new Gateways(clients), tokens, procedures, phantoms, answers, buckets, clock),
      'oauth-revoke': new RevocationEndpoint(clients, stores.tokens, procedures, buckets, clock),
    };
  }

  /** Answers a request from one snapshot; null when it serves nothing at the path. */
  async handle(request: OAuthRequest, snapshot: Snapshot): Promise<OAuthResponse | null> {
    try {
      const route = snapshot.routeAt(request.path);
      if (route !== undefined) return await this.#endpoints[route.endpoint.kind].handle(request, route);
      return this.#discovery.find(request, snapshot);
    } catch (error) {
      return errorResponse(this.#worded(error, request));
    }
  }

  /** Nothing but an OAuthError is the caller's to read; everything else is logged and answered as `server_error`. */
  #worded(error: unknown, request: OAuthRequest): OAuthError {
    if (error instanceof OAuthError) return error;
    if (error instanceof StoreError && error.code === 'unavailable') {
      this.parts.log.write('error', 'the database does not answer', { path: request.path, error: error.message });
      return new OAuthError('temporarily_unavailable', 'The service cannot answer this request now. Try again later.', {
        retryAfter: 1,
        cause: error,
      });
    }
    this.parts.log.write('error', 'a request failed', {
      path: request.path,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return serverError(error);
  }
}
