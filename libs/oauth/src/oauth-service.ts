import { randomBytes } from 'node:crypto';
import { AuthorizeEndpoint } from './authorize/authorize-endpoint.ts';
import { PushedAuthorizationEndpoint } from './authorize/pushed-authorization-endpoint.ts';
import { RequestObjects } from './authorize/request-object.ts';
import { PushedRequests } from './authorize/pushed-requests.ts';
import { BackchannelAuthenticationEndpoint } from './backchannel/backchannel-authentication-endpoint.ts';
import { BackchannelDecisionEndpoint } from './backchannel/backchannel-decision-endpoint.ts';
import { HintedPeople } from './backchannel/hinted-people.ts';
import { PendingRequests } from './backchannel/pending-requests.ts';
import { SignedRequests } from './backchannel/signed-request.ts';
import { AttemptBrake, type Refusal } from './client/attempt-brake.ts';
import { ClientAuthentication } from './client/client-authentication.ts';
import { DeviceAuthorizationEndpoint } from './device/device-authorization-endpoint.ts';
import { UserCodes } from './device/user-code.ts';
import { ForeignKeys } from './foreign-keys.ts';
import { FailedAuthentications } from './client/failed-authentications.ts';
import { SlowedEvents } from './client/slowed-events.ts';
import { entityKey } from './configuration/entities.ts';
import type { Route, Snapshot } from './configuration/snapshot.ts';
import { ServiceCounts } from './counts/service-counts.ts';
import { DiscoveryEndpoint } from './discovery/discovery-endpoint.ts';
import { OAuthError, serverError } from './errors.ts';
import { ForwardAuthEndpoint } from './forward-auth/forward-auth-endpoint.ts';
import { Gateways } from './forward-auth/gateways.ts';
import { ActiveTokens } from './resource/active-tokens.ts';
import { Possession } from './resource/possession.ts';
import { UsedProofs } from './resource/used-proofs.ts';
import { IntrospectionAnswer } from './introspection/introspection-answer.ts';
import { IntrospectionEndpoint } from './introspection/introspection-endpoint.ts';
import { PhantomTokens } from './introspection/phantom-tokens.ts';
import { PresentedTokens } from './introspection/presented-tokens.ts';
import { SignatureMemo } from './issuance/signature-memo.ts';
import { EndSessionEndpoint } from './people/end-session-endpoint.ts';
import { FailedSignIns } from './people/failed-sign-ins.ts';
import { FormTokens } from './people/form-tokens.ts';
import { Interactions } from './people/interaction.ts';
import { AccountPeople } from './people/account-people.ts';
import { LoginSessions } from './people/login-sessions.ts';
import { PasswordVerification } from './people/password-verification.ts';
import type { People } from './people/people.ts';
import { UserCodeGuesses } from './people/user-code-guesses.ts';
import type { UpstreamClient } from './people/upstream/upstream-client.ts';
import { UserPagesEndpoint } from './people/user-pages-endpoint.ts';
import { BucketWrites } from './procedures/bucket-writes.ts';
import { requestIdOf, type ExecutionObserver, type RefusedBecause } from './procedures/execution-observer.ts';
import type { ExecutionLog } from './procedures/execution-record.ts';
import { ExecutionRecord } from './procedures/execution-record.ts';
import type { HostServices, PublicDocuments } from './procedures/host-services.ts';
import { ProcedureExecutor } from './procedures/procedure-executor.ts';
import { DEFAULT_LIMITS, type Sandbox } from './procedures/sandbox.ts';
import { RegistrationEndpoint } from './registration/registration-endpoint.ts';
import { RegistrationManagement } from './registration/registration-management.ts';
import { RegistrationProcess } from './registration/registration-process.ts';
import { SectorLists } from './registration/sector-lists.ts';
import { RegistrationRights } from './registration/registration-rights.ts';
import { SoftwareStatements } from './registration/software-statements.ts';
import { RevocationEndpoint } from './revocation/revocation-endpoint.ts';
import { RevocationEventsEndpoint, type StreamLimits } from './revocation-events/revocation-events-endpoint.ts';
import { RevocationFeed } from './revocation-events/revocation-feed.ts';
import { SingleUses } from './single-uses.ts';
import { StoreError } from './store-error.ts';
import type { Stores } from './stores.ts';
import { SecurityTokens } from './token/exchange/security-tokens.ts';
import { TrustedIssuers } from './token/exchange/trusted-issuers.ts';
import type { GrantType } from './token/grant-type.ts';
import { Assertion } from './token/grants/assertion.ts';
import { AuthorizationCode } from './token/grants/authorization-code.ts';
import { BackchannelAuthentication } from './token/grants/backchannel-authentication.ts';
import { clientCredentials } from './token/grants/client-credentials.ts';
import { DeviceCode } from './token/grants/device-code.ts';
import { OlderTokenExchange } from './token/grants/older-token-exchange.ts';
import { Password } from './token/grants/password.ts';
import { RefreshToken } from './token/grants/refresh-token.ts';
import { TokenExchange } from './token/grants/token-exchange.ts';
import { SenderBinding } from './token/sender-binding.ts';
import { TokenCommit } from './token/token-commit.ts';
import { TokenEndpoint } from './token/token-endpoint.ts';
import { TokenLookup } from './token/token-lookup.ts';
import { UnknownTokens } from './token/unknown-tokens.ts';
import { TokenValidationEndpoint } from './token-validation/token-validation-endpoint.ts';
import { UserinfoEndpoint } from './userinfo/userinfo-endpoint.ts';
import { allowedOrigin, preflightAnswer, readableBy } from './transport/cross-origin.ts';
import { errorResponse, type OAuthRequest, type OAuthResponse } from './transport/exchange.ts';

/** In the order in which metadata lists them. */
function grantTypes(
  stores: OAuthServiceParts['stores'],
  securityTokens: SecurityTokens,
  issuers: TrustedIssuers,
  uses: SingleUses,
  passwords: PasswordVerification,
): readonly GrantType[] {
  const { tokens, grants, audit, accounts } = stores;
  return [
    clientCredentials,
    new AuthorizationCode(grants, tokens, audit),
    new DeviceCode(stores),
    new RefreshToken(tokens, grants, audit),
    new Assertion(issuers, uses),
    new Password(passwords, accounts),
    new BackchannelAuthentication(stores),
    new TokenExchange(securityTokens),
    new OlderTokenExchange(securityTokens),
  ];
}

/** What a client is told that looks for people. */
const GUESSES: Refusal = { description: 'Too many hints that name nobody. Try again later.', brake: 'backchannel_guesses' };

/** What the service stands on. */
export interface OAuthServiceParts {
  readonly stores: Pick<
    Stores,
    | 'tokens'
    | 'dynamicClients'
    | 'grants'
    | 'polled'
    | 'audit'
    | 'buckets'
    | 'revocationEvents'
    | 'uses'
    | 'accounts'
    | 'sessions'
    | 'consents'
    | 'links'
  >;
  readonly sandbox: Sandbox;
  /** What procedures may call; without it they can call nothing. */
  readonly services?: HostServices;
  /** Verifies what clients and trusted issuers sign by key sets that they publish; without it none can. */
  readonly clientKeySets?: Pick<HostServices, 'verify'>;
  /** Fetches the lists of redirect URIs by which clients share subjects; without it there are none. */
  readonly publicDocuments?: PublicDocuments;
  /** Asks upstream providers who has signed in there; without it nobody signs in by them. */
  readonly upstreamClient?: UpstreamClient;
  readonly log: ExecutionLog;
  /** Hears of every run and every request; nobody does without. */
  readonly observer?: ExecutionObserver;
  /** Who is signed in; by default people with accounts, on the pages of their profile. */
  readonly people?: People;
  /** Of all nodes the same; by default one of this node alone. */
  readonly interactions?: Interactions;
  /** What forms on pages for people are known by: 32 bytes, of all nodes the same; by default of this node alone. */
  readonly formKey?: Uint8Array;
  /** Seconds since 1970. */
  readonly clock: () => number;
  readonly wallMilliseconds?: number;
  /** Of revocation events. */
  readonly streamLimits?: StreamLimits;
}

function registrationEndpoint(
  store: Stores['dynamicClients'],
  tokens: ActiveTokens,
  keys: ForeignKeys,
  procedures: ProcedureExecutor,
  buckets: BucketWrites,
  sectors: SectorLists,
  clock: () => number,
): RegistrationEndpoint {
  const statements = new SoftwareStatements(keys);
  const process = new RegistrationProcess(procedures, buckets, sectors);
  const management = new RegistrationManagement(store, statements, process, clock);
  return new RegistrationEndpoint({ store, rights: new RegistrationRights(store, tokens), statements, process, management, clock });
}

interface Endpoint {
  handle(request: OAuthRequest, route: Route, snapshot: Snapshot): Promise<OAuthResponse>;
}

/** Every OAuth endpoint behind one door: finds the route of a path, lets its endpoint answer, and words errors. */
export class OAuthService {
  readonly executions: ExecutionRecord;
  readonly counts = new ServiceCounts();
  readonly failedAuthentications: FailedAuthentications;
  readonly signatures = new SignatureMemo();
  readonly #revocationEvents: RevocationEventsEndpoint;
  readonly #endpoints: Readonly<Record<Route['endpoint']['kind'], Endpoint>>;
  /** The grants the token endpoint knows. */
  readonly grantTypes: readonly GrantType[];
  readonly #discovery: DiscoveryEndpoint;

  constructor(private readonly parts: OAuthServiceParts) {
    const { stores, sandbox, log, clock } = parts;
    this.executions = new ExecutionRecord(log, clock);
    const warn = (message: string, fields: Readonly<Record<string, unknown>>) => {
      log.write('warn', message, fields);
    };
    this.failedAuthentications = new FailedAuthentications(warn, clock);
    const uses = new SingleUses(stores.uses);
    const keys = new ForeignKeys(parts.clientKeySets ?? null);
    const sectors = new SectorLists(parts.publicDocuments ?? null);
    const events = new SlowedEvents(stores.audit, log, clock);
    const slowed = (action: string) => (profile: string, client: string, address: string | null) => {
      events.note(action, 'client', entityKey(profile, client), address);
    };
    const brake = new AttemptBrake(slowed('client.authentication-slowed'));
    const clients = new ClientAuthentication({ clock, failures: this.failedAuthentications, uses, keys, brake });
    const unknown = new UnknownTokens(this.counts, events);
    const requestObjects = new RequestObjects(keys, clock);
    const procedures = new ProcedureExecutor(sandbox, this.executions, {
      wallMilliseconds: parts.wallMilliseconds ?? DEFAULT_LIMITS.wallMilliseconds,
      ...(parts.services === undefined ? {} : { services: { host: parts.services, buckets: stores.buckets } }),
      ...(parts.observer === undefined ? {} : { observer: parts.observer }),
    });
    const commits = new TokenCommit(stores.tokens);
    const buckets = new BucketWrites(procedures, commits, clock);
    const tokens = new PresentedTokens(new TokenLookup(stores.tokens));
    const phantoms = new PhantomTokens(this.signatures);
    const answers = new IntrospectionAnswer(procedures, clock, warn);
    const proofs = new UsedProofs(uses);
    const possession = new Possession(proofs);
    const activeTokens = new ActiveTokens(tokens, possession, unknown);
    const formKey = parts.formKey ?? randomBytes(32);
    const binding = new SenderBinding(proofs, formKey);
    const interactions = parts.interactions ?? new Interactions(randomBytes(32), clock);
    const pushed = new PushedRequests(stores.grants, stores.tokens, clock);
    const passwords = new PasswordVerification(stores.accounts, new FailedSignIns(warn, clock, this.counts), clock);
    const issuers = new TrustedIssuers(keys);
    this.grantTypes = grantTypes(stores, new SecurityTokens(tokens, issuers), issuers, uses, passwords);
    const requests = new PendingRequests(stores.polled, commits, stores.audit, clock);
    this.#discovery = new DiscoveryEndpoint(this.grantTypes);
    const feed = new RevocationFeed(stores.revocationEvents, (error) => {
      warn('revocation events cannot be read', { error: error instanceof Error ? error.message : String(error) });
    });
    this.#revocationEvents = new RevocationEventsEndpoint(clients, feed, parts.streamLimits);
    const userCodes = new UserCodes(formKey);
    const sessions = new LoginSessions(stores.sessions, clock);
    const people = parts.people ?? new AccountPeople(sessions, stores, clock);
    this.#endpoints = {
      'oauth-token': new TokenEndpoint(
        clients,
        this.grantTypes,
        procedures,
        commits,
        binding,
        stores.grants,
        stores.tokens,
        stores.audit,
        clock,
      ),
      'oauth-introspect': new IntrospectionEndpoint(clients, tokens, procedures, phantoms, answers, buckets, unknown, clock),
      'oauth-forward-auth': new ForwardAuthEndpoint(
        new Gateways(clients),
        tokens,
        procedures,
        phantoms,
        answers,
        buckets,
        possession,
        unknown,
        clock,
      ),
      'oauth-token-validation': new TokenValidationEndpoint(tokens, procedures, phantoms, answers, buckets, unknown, clock),
      'oauth-revoke': new RevocationEndpoint(clients, stores.tokens, procedures, buckets, unknown, clock),
      'oauth-revocation-events': this.#revocationEvents,
      'oauth-authorize': new AuthorizeEndpoint({
        ...{ people, interactions, pushed, requestObjects, procedures, commits, clock },
        ...{ delegations: stores.tokens, audit: stores.audit },
      }),
      'oauth-end-session': new EndSessionEndpoint(sessions, new FormTokens(formKey)),
      'oauth-userinfo': new UserinfoEndpoint({
        ...{ people, tokens: activeTokens, procedures, commits, clock },
        delegations: stores.tokens,
      }),
      'oauth-pushed-authorization': new PushedAuthorizationEndpoint(clients, pushed, requestObjects, binding, clock),
      'oauth-backchannel-authentication': new BackchannelAuthenticationEndpoint({
        ...{ clients, requests, procedures, commits, clock },
        signed: new SignedRequests(requestObjects, uses, clock),
        people: new HintedPeople(stores.accounts, issuers),
        guesses: new AttemptBrake(slowed('backchannel-authentication.guesses-slowed'), undefined, undefined, GUESSES),
        delegations: stores.tokens,
      }),
      'oauth-backchannel-decision': new BackchannelDecisionEndpoint(clients, requests, clock),
      'oauth-dynamic-client-registration': registrationEndpoint(
        stores.dynamicClients,
        activeTokens,
        keys,
        procedures,
        buckets,
        sectors,
        clock,
      ),
      'oauth-device-authorization': new DeviceAuthorizationEndpoint({
        ...{ clients, binding, procedures, commits, userCodes, clock },
        delegations: stores.tokens,
      }),
      'user-pages': new UserPagesEndpoint({
        ...{ stores, userCodes, passwords, sessions, interactions, requests, uses, formKey, warn, clock },
        guesses: new UserCodeGuesses({
          many: (profile, subject, address) => {
            events.note('device.many-codes', 'account', entityKey(profile, subject), address);
          },
          slowed: (profile, address) => {
            events.note('device.wrong-codes-slowed', 'profile', profile, address);
          },
          refused: (profile) => {
            this.counts.refusals.add(profile, 'user_codes');
          },
        }),
        upstreamClient: parts.upstreamClient ?? null,
      }),
    };
  }

  /** Answers a request from one snapshot; null when it serves nothing at the path. */
  async handle(request: OAuthRequest, snapshot: Snapshot): Promise<OAuthResponse | null> {
    const route = snapshot.routeAt(request.path);
    if (route === undefined) return this.#describe(request, snapshot);
    const { observer } = this.parts;
    const began = observer === undefined ? 0 : performance.now();
    let answer: OAuthResponse;
    try {
      const origin = allowedOrigin(request, route);
      answer =
        origin === null
          ? await this.#endpoints[route.endpoint.kind].handle(request, route, snapshot)
          : await this.#toPage(origin, request, route, snapshot);
    } catch (error) {
      answer = this.#failed(error, request, route);
    }
    this.counts.requests.add(route.profile.id, route.endpoint.kind, answer.status);
    observer?.answered(route.place, request.ran ?? null, answer.status, performance.now() - began);
    return answer;
  }

  /** Metadata and key sets are at no endpoint's path. */
  #describe(request: OAuthRequest, snapshot: Snapshot): OAuthResponse | null {
    let answer: OAuthResponse | null;
    try {
      answer = this.#discovery.find(request, snapshot);
    } catch (error) {
      answer = errorResponse(this.#worded(error, request));
    }
    if (answer !== null) this.counts.requests.add('', 'metadata', answer.status);
    return answer;
  }

  /** A page may read errors as well as answers. */
  async #toPage(origin: string, request: OAuthRequest, route: Route, snapshot: Snapshot): Promise<OAuthResponse> {
    const preflight = preflightAnswer(request, origin);
    if (preflight !== null) return preflight;
    const answer = this.#endpoints[route.endpoint.kind].handle(request, route, snapshot);
    return readableBy(origin, await answer.catch((error: unknown) => this.#failed(error, request, route)));
  }

  /** Lets go of those who may not listen any more by a new configuration. */
  configured(snapshot: Snapshot): void {
    this.#revocationEvents.configured(snapshot);
  }

  /** Ends what would never end by itself. */
  close(): void {
    this.#revocationEvents.close();
  }

  #failed(error: unknown, request: OAuthRequest, route: Route): OAuthResponse {
    const { profile, endpoint } = route;
    // A gateway is told less of its own authentication than is known.
    const known = error instanceof OAuthError && error.cause instanceof OAuthError ? error.cause : error;
    if (known instanceof OAuthError && known.counted !== undefined) this.counts.failed([profile.id, endpoint.kind], known.counted);
    const worded = this.#worded(error, request);
    if ((request.ran ?? null) === null) this.#refused(error, worded, request, route);
    return errorResponse(worded);
  }

  /** No procedure has run, where one might have. */
  #refused(error: unknown, { status, code, message }: OAuthError, request: OAuthRequest, { place, programs }: Route): void {
    if (this.parts.observer === undefined || programs.size === 0) return;
    const known = error instanceof OAuthError && error.cause instanceof OAuthError ? error.cause : error;
    const counted = known instanceof OAuthError ? known.counted : undefined;
    const because: RefusedBecause =
      counted?.brake !== undefined ? 'slowed' : error instanceof OAuthError && status < 500 ? 'refused' : 'failed-closed';
    const client = counted?.failure?.client ?? null;
    this.parts.observer.refused(place, { because, client, requestId: requestIdOf(request.headers), status, code, description: message });
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
