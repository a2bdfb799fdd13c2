import { generateKeyPairSync } from 'node:crypto';
import { RegisteredClient } from '../client/registered-client.ts';
import type { Client } from '../configuration/entities.ts';
import { CLIENT_CAPABILITIES, entityKey } from '../configuration/entities.ts';
import { PLAIN_INTROSPECTION } from '../configuration/client-settings.ts';
import { PLAIN_CLIENT } from '../configuration/plain-client.ts';
import { programOfVersion } from '../configuration/programs.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { ProfileSnapshot, Route, Snapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { introspectedToken } from '../introspection/introspected-token.ts';
import { IntrospectionAnswer } from '../introspection/introspection-answer.ts';
import { IntrospectionExecution } from '../introspection/introspection-execution.ts';
import { PhantomTokens } from '../introspection/phantom-tokens.ts';
import { CeilingError } from '../issuance/claims.ts';
import { unpublishedKey } from '../issuance/key-ring.ts';
import { SignatureMemo } from '../issuance/signature-memo.ts';
import { RevocationExecution } from '../revocation/revocation-execution.ts';
import type { MaybePromise } from '../stores.ts';
import type { TokenRequest } from '../token/grant-type.ts';
import { mintOpaqueToken } from '../token/opaque-token.ts';
import { errorResponse, type OAuthRequest, type OAuthResponse } from '../transport/exchange.ts';
import { DryRunBusyError, DryRunError, type DryRunContext, type DryRunner, type DryRunReport, type DryRunRequest } from './dry-run.ts';
import { lookedUp, type KnownData, type LookedUp } from './dry-run-context.ts';
import { mutedOf } from './muted-effects.ts';
import { bucketDetail, bucketEffects } from './bucket-effects.ts';
import { ExecutionRecord } from './execution-record.ts';
import { findFlow, type FlowId } from './flows.ts';
import type { HostServices } from './host-services.ts';
import { ProcedureExecutor, rejection, faultError, type Execution, type ExecutionOutcome, type Returned } from './procedure-executor.ts';
import { registrationRehearsal } from './registration-rehearsal.ts';
import { rehearsedAnswer } from './rehearsed-answer.ts';
import { RehearsedServices } from './rehearsed-services.ts';
import type { Program, Sandbox } from './sandbox.ts';
import { revokedOf, SAMPLE_CLIENT, SAMPLE_SECONDS, sampleRevoked, sampleToken } from './sample-tokens.ts';
import { sampleParameters, tokenRehearsal } from './token-rehearsal.ts';

const MOST_WAITING = 16;

/** Of all runners: what they try is loaded into the same sandbox. */
let count = 0;

/** One dry run, ready to go: the execution, and what production does with what it returns. */
export interface Rehearsal {
  readonly execution: Execution;
  answer(returned: Returned): Promise<OAuthResponse>;
  issued(): readonly string[];
  effects(returned: Returned): MaybePromise<DryRunReport['effects']>;
}

/**
 * Tries procedures on the executor, the checks and the limits of production, without their effects: nothing is stored
 * and JWTs are signed with a key of the dry runs' own, for else trying a procedure would be forging tokens.
 */
export class ProcedureDryRunner implements DryRunner {
  readonly #key = unpublishedKey('dry-run', generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly sandbox: Sandbox,
    private readonly current: () => { readonly snapshot: Snapshot; readonly configuration: Configuration },
    private readonly clock: () => number,
    private readonly wallMilliseconds: number,
    /** Verifies JWTs with given keys; nothing else of it is used. */
    private readonly services: HostServices | null = null,
    /** Procedures get secrets themselves and not labels: for configurations that are made up for a test. */
    private readonly givesSecrets = false,
    /** Where tokens and accounts that requests name are looked up; null where there are none. */
    private readonly known: KnownData | null = null,
  ) {}

  /** @throws DryRunError when the request names what does not exist or does not fit; DryRunBusyError */
  async run(request: DryRunRequest): Promise<DryRunReport> {
    // One after the other: what is tried may be made to kill its process, and checks of uploads wait for the same one.
    if (this.#waiting >= MOST_WAITING) throw new DryRunBusyError();
    this.#waiting++;
    const turn = this.#last.then(() => this.#run(request));
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  async context(request: DryRunRequest): Promise<DryRunContext> {
    const { snapshot } = this.current();
    const profile = snapshot.profiles.get(request.profile);
    if (profile === undefined) throw new DryRunError('/profile', `there is no profile "${request.profile}"`);
    const none = { key: 'none', procedure: 'none', version: 0, flow: request.flow, source: '' };
    const client = await this.#client(profile, request);
    const known = await lookedUp(request, profile, client, this.known, this.clock());
    return contextOf(request, sampleRoute(snapshot, profile, request, none), client, known);
  }

  async #run(request: DryRunRequest): Promise<DryRunReport> {
    const flow = findFlow(request.flow);
    if (flow === undefined) throw new DryRunError('/flow', `there is no flow "${request.flow}"`);
    const program = this.#program(request);
    const checked = await this.sandbox.check(program);
    if (!checked.ok)
      return {
        ...NOTHING,
        outcome: 'refused',
        answer: answerOf(errorResponse(new OAuthError('server_error', 'The procedure was refused.'))),
        findings: checked.errors,
      };

    this.sandbox.load(program, { apart: true });
    try {
      // A record of its own: tries do not show among production's failures.
      const record = new ExecutionRecord({ write: () => undefined }, this.clock);
      const host = new RehearsedServices(request.answers ?? [], this.services);
      const procedures = new ProcedureExecutor(this.sandbox, record, {
        wallMilliseconds: this.wallMilliseconds,
        apart: true,
        services: { host, buckets: host.buckets, isRehearsal: !this.givesSecrets },
      });
      const { rehearsal, context } = await this.#rehearsal(request, program, procedures);
      const outcome = await procedures.outcome(rehearsal.execution);
      const ended = await report(outcome, rehearsal);
      return { ...ended, findings: checked.warnings, context, muted: mutedOf(ended) };
    } finally {
      this.sandbox.unload(program.key);
    }
  }

  #program(request: DryRunRequest): Program {
    const key = `dry-run#${++count}`;
    const { program, flow } = request;
    if ('source' in program)
      return {
        ...{ key, procedure: 'dry-run', version: 0, flow, source: program.source, libraries: program.libraries ?? [] },
        ...(program.secrets === undefined ? {} : { secrets: program.secrets }),
      };
    const { procedure, version } = program;
    const { configuration } = this.current();
    const stored = configuration.get('procedure-version', entityKey(procedure, version));
    if (stored === undefined) throw new DryRunError('/program', `procedure "${procedure}" has no version ${version}`);
    if (configuration.get('procedure', entityKey(procedure))?.flow !== request.flow)
      throw new DryRunError('/flow', `procedure "${procedure}" is for another flow`);
    return { ...programOfVersion(configuration, stored, request.flow), key };
  }

  async #rehearsal(
    request: DryRunRequest,
    program: Program,
    procedures: ProcedureExecutor,
  ): Promise<{ readonly rehearsal: Rehearsal; readonly context: DryRunContext }> {
    const { snapshot } = this.current();
    const profile = snapshot.profiles.get(request.profile);
    if (profile === undefined) throw new DryRunError('/profile', `there is no profile "${request.profile}"`);
    // Where nobody says which it is to be given it may name them all, as it gets labels only.
    const tried = program.secrets === undefined ? { ...program, secrets: [...profile.secrets.keys()] } : program;
    const route = sampleRoute(snapshot, profile, request, tried);
    const client = await this.#client(profile, request);
    const known = await lookedUp(request, profile, client, this.known, this.clock());
    return {
      rehearsal: this.#rehearsed(known, route, client, snapshot, procedures),
      context: contextOf(request, route, client, known),
    };
  }

  #rehearsed(known: LookedUp, route: Route, client: RegisteredClient, snapshot: Snapshot, procedures: ProcedureExecutor): Rehearsal {
    const { request } = known;
    switch (request.flow) {
      case 'oauth-introspect':
      case 'oauth-introspect-application-jwt':
      case 'oauth-forward-auth':
      case 'oauth-token-validation':
        return this.#introspection(known, route, client, procedures, request.flow);
      case 'oauth-token-client-credentials':
      case 'oauth-token-authorization-code':
      case 'oauth-token-device-code':
      case 'oauth-token-refresh':
      case 'oauth-token-assertion':
      case 'oauth-token-resource-owner-password-credentials':
      case 'oauth-token-backchannel-authentication':
      case 'oauth-token-oauth-token-exchange':
      case 'oauth-token-token-exchange':
      case 'oauth-authorize-authorization-code':
      case 'oauth-authorize-implicit':
      case 'openid-authorize-hybrid':
      case 'oauth-backchannel-authentication':
      case 'oauth-device-authorization':
      case 'openid-userinfo':
        return tokenRehearsal(request, this.#tokenRequest(request, route, client), procedures, this.#key);
      case 'oauth-revoke':
        return revocation(known, route, client);
      case 'oauth-dynamic-client-registration-pre-processing':
      case 'oauth-dynamic-client-registration-post-processing':
        return registrationRehearsal(request, sampleRequest(request, route, new Map()), route, snapshot, procedures);
    }
  }

  async #client(profile: ProfileSnapshot, request: DryRunRequest): Promise<RegisteredClient> {
    if (request.client !== undefined) {
      const client = await profile.findClient(request.client);
      if (client === undefined) throw new DryRunError('/client', `profile "${profile.id}" has no enabled client "${request.client}"`);
      return client;
    }
    const sample: Client = {
      ...PLAIN_CLIENT,
      profile: profile.id,
      id: SAMPLE_CLIENT,
      name: 'Sample client',
      capabilities: CLIENT_CAPABILITIES,
      scopes: request.scopes ?? Object.keys(profile.profile.scopes),
      introspection: { ...PLAIN_INTROSPECTION, policy: 'any', formats: ['json', 'jwt', 'signed'] },
      origin: 'system',
    };
    return new RegisteredClient(sample, profile.profile);
  }

  #tokenRequest(request: DryRunRequest, route: Route, client: RegisteredClient): TokenRequest {
    const form = sampleForm(request, {
      ...sampleParameters(request.flow),
      ...(request.scopes === undefined ? {} : { scope: request.scopes.join(' ') }),
    });
    return { request: sampleRequest(request, route, form), form, route, client, now: this.clock(), confirmation: null };
  }

  #introspection(known: LookedUp, route: Route, caller: RegisteredClient, procedures: ProcedureExecutor, flow: FlowId): Rehearsal {
    const { request, presented } = known;
    const now = this.clock();
    // Stands for a real one, too: what the procedure does with its value opens nothing.
    const minted = mintOpaqueToken('access_token', now + SAMPLE_SECONDS);
    const made = () => (request.tokenData === null ? null : sampleToken(request, route.profile, caller, minted.key, now));
    const found = presented === undefined ? made() : (presented?.found ?? null);
    const token = found === null ? null : introspectedToken(found, presented?.claims ?? null, caller, route.profile, now);
    const form = sampleForm(request, { token: minted.value });
    const http = sampleRequest(request, route, form, flow === 'oauth-introspect-application-jwt' ? 'application/jwt' : 'application/json');
    const phantoms = new PhantomTokens(new SignatureMemo(), this.#key);
    const execution = new IntrospectionExecution(route, flow, caller, http, form, minted.value, token, phantoms, now, true);
    const answers = new IntrospectionAnswer(procedures, this.clock, () => undefined);
    return {
      execution,
      answer: (returned) => rehearsedAnswer(answers, execution, form, returned),
      issued: () => execution.issued.map(({ jwt }) => jwt),
      effects: (returned) => bucketEffects(returned.effects, route.profile).map(bucketDetail),
    };
  }
}

const NOTHING: Omit<DryRunReport, 'outcome' | 'answer'> = {
  ...{ fault: null, findings: [], issued: [], effects: [] },
  ...{ log: [], calls: [], usage: null, context: null, muted: [] },
};

async function report(outcome: ExecutionOutcome, rehearsal: Rehearsal): Promise<DryRunReport> {
  const common = {
    ...NOTHING,
    log: outcome.log,
    calls: outcome.calls,
    usage: outcome.usage ?? null,
    issued: rehearsal.issued().map(decode),
  };
  if (outcome.kind === 'rejected') return { ...common, outcome: 'rejected', answer: answerOf(errorResponse(rejection(outcome.payload))) };
  if (outcome.kind === 'fault')
    return { ...common, outcome: 'fault', fault: outcome.fault, answer: answerOf(errorResponse(faultError(outcome.fault))) };
  try {
    const answer = await rehearsal.answer(outcome);
    return { ...common, outcome: 'answered', answer: answerOf(answer), effects: await rehearsal.effects(outcome) };
  } catch (error) {
    const { program } = rehearsal.execution;
    const message =
      error instanceof CeilingError ? error.message : error instanceof OAuthError && isFault(error.cause) ? error.cause.message : null;
    if (message === null) throw error;
    const fault = { kind: 'invalid-response' as const, procedure: program.procedure, version: program.version, message, stack: [] };
    return { ...common, outcome: 'fault', fault, answer: answerOf(errorResponse(faultError(fault))) };
  }
}

function isFault(cause: unknown): cause is { message: string } {
  return typeof cause === 'object' && cause !== null && 'kind' in cause && 'message' in cause;
}

function answerOf(response: OAuthResponse): DryRunReport['answer'] {
  const headers: Record<string, string> = {};
  for (let i = 0; i < response.headers.length; i += 2) headers[response.headers[i]?.toLowerCase() ?? ''] = response.headers[i + 1] ?? '';
  return { status: response.status, headers, body: response.body ?? '' };
}

function decode(jwt: string): DryRunReport['issued'][number] {
  const [header = '', claims = ''] = jwt.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  return { header: JSON.parse(header) as Record<string, unknown>, claims: JSON.parse(claims) as Record<string, unknown> };
}

function contextOf(request: DryRunRequest, route: Route, client: RegisteredClient, { account, token }: LookedUp): DryRunContext {
  const { id, name, scopes, properties } = client.client;
  return {
    profile: route.profile.id,
    endpoint: route.endpoint.id,
    client: { id, name, isSample: request.client === undefined, scopes, properties },
    account: account === null ? null : { id: account.id, username: account.username, attributes: account.attributes },
    token,
  };
}

/** The endpoint it would be bound to, with the tried program in place of the bound one. */
function sampleRoute(snapshot: Snapshot, profile: ProfileSnapshot, request: DryRunRequest, program: Program): Route {
  const kind = findFlow(request.flow)?.endpoint;
  for (const route of snapshot.routes.values()) {
    if (route.profile !== profile || route.endpoint.kind !== kind) continue;
    if (request.endpoint === undefined || request.endpoint === route.endpoint.id)
      return { ...route, programs: new Map([...route.programs, [request.flow, program]]) };
  }
  throw new DryRunError(
    '/endpoint',
    request.endpoint === undefined
      ? `profile "${profile.id}" serves no endpoint of kind "${kind ?? ''}"`
      : `profile "${profile.id}" serves no endpoint "${request.endpoint}" of kind "${kind ?? ''}"`,
  );
}

function sampleForm(request: DryRunRequest, base: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries({ ...base, ...request.form }));
}

function sampleRequest(request: DryRunRequest, route: Route, form: ReadonlyMap<string, string>, accept = 'application/json'): OAuthRequest {
  const { headers = {}, query = {}, clientIpAddress = '127.0.0.1' } = request.request ?? {};
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    method: 'POST',
    path: route.endpoint.path,
    query: new URLSearchParams(query).toString(),
    headers: {
      accept,
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'dry-run',
      ...(Object.fromEntries(given) as Record<string, string>),
    },
    body: new URLSearchParams([...form]).toString(),
    scheme: 'https',
    host: 'localhost',
    clientIpAddress,
  };
}

function revocation({ request, presented }: LookedUp, route: Route, client: RegisteredClient): Rehearsal {
  const form = sampleForm(request, { token: 'sample-token' });
  const made = () => (request.tokenData === null ? null : sampleRevoked(client, request.tokenData));
  const revoked = presented === undefined ? made() : revokedOf(presented, client);
  return {
    execution: new RevocationExecution(route, client, sampleRequest(request, route, form), form, revoked, true),
    answer: async () => ({ status: 200, headers: ['Cache-Control', 'no-store'], body: null }),
    issued: () => [],
    effects: (returned) => bucketEffects(returned.effects, route.profile).map(bucketDetail),
  };
}
