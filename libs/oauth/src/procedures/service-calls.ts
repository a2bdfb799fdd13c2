import { hash } from 'node:crypto';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import type { OpenedCredentials, OpenedHttpClient } from '../configuration/opened-secrets.ts';
import { CeilingError } from '../issuance/claims.ts';
import type { BucketStore, MaybePromise } from '../stores.ts';
import { HostServiceError, type HostServices, type OutgoingResponse } from './host-services.ts';
import { masked } from './masking.ts';
import { httpTarget, outgoingUrl, urlTarget } from './outgoing-target.ts';
import type { HostAnswer, HostCall, Program } from './sandbox.ts';
import { carriesOneOf, SecretLiterals, withoutValue } from './secret-literals.ts';
import { bucketArguments, cacheArguments, httpArguments, verifyArguments } from './service-arguments.ts';

/** What a profile offers to its procedures beyond the flow. */
export type ProfileServices = Pick<ProfileSnapshot, 'id' | 'issuer' | 'keys' | 'httpClients' | 'secrets' | 'buckets'>;

/** A call of a service as it is shown to operators: never with bodies, tokens, secrets and queries. */
export interface ExecutionCall {
  readonly kind: string;
  /** Such as `GET api.example.com/users`. */
  readonly target: string;
  /** Rounded. */
  readonly milliseconds: number;
  /** `answered`, for HTTP with the status, or the code of what went wrong, `failed` for ours; `unanswered` when the run ended first. */
  readonly outcome: string;
}

/** What the calls of one run are answered with. */
export interface ServiceCallsParts {
  readonly host: HostServices;
  readonly buckets: Pick<BucketStore, 'get'>;
  readonly profile: ProfileServices;
  readonly program: Program;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly deadline: number;
  /** Tokens of the run: no request may carry one away unless its client may send tokens, and no trace shows one. */
  readonly tokens: () => readonly string[];
  /** Names the authorization grant that is redeemed; null for none. */
  readonly grant: string | null;
  /** In a dry run a procedure gets a label in place of a secret. */
  readonly isRehearsal: boolean;
}

/** A call that was understood. */
interface Prepared {
  readonly target: string;
  /** The answer's text, and what the trace says of it where that is more than `answered`. */
  readonly run: () => MaybePromise<{ readonly text: string; readonly outcome?: string }>;
}

export const SERVICE_CALLS: ReadonlySet<string> = new Set(['http', 'verify-jwt', 'cache-get', 'cache-set', 'secret', 'bucket-get']);

/** Answers the calls of services that one run makes, and remembers which, and which secrets it has read. */
export class ServiceCalls {
  readonly literals = new SecretLiterals();
  readonly #trace: { -readonly [K in keyof ExecutionCall]: ExecutionCall[K] }[] = [];
  #requests = 0;

  constructor(private readonly parts: ServiceCallsParts) {}

  get trace(): readonly ExecutionCall[] {
    return this.#trace.map((call) => ({ ...call }));
  }

  /** @throws Error what is neither the procedure's nor the network's fault */
  async answer(call: HostCall): Promise<HostAnswer> {
    const started = performance.now();
    const entry = { kind: call.kind, target: '', milliseconds: 0, outcome: 'unanswered' };
    this.#trace.push(entry);
    try {
      const { target, run } = this.#prepare(call);
      entry.target = shortened(masked(this.literals.mask(target), this.parts.tokens()));
      const { text, outcome = 'answered' } = await run();
      entry.outcome = outcome;
      return { ok: text };
    } catch (error) {
      if (error instanceof CeilingError) {
        entry.outcome = 'fault';
        return { error: { code: 'fault', message: error.message } };
      }
      entry.outcome = error instanceof HostServiceError ? error.code : 'failed';
      if (!(error instanceof HostServiceError)) throw error;
      return { error: { code: error.code, message: error.message } };
    } finally {
      entry.milliseconds = Math.round(performance.now() - started);
    }
  }

  #prepare({ kind, args }: HostCall): Prepared {
    switch (kind) {
      case 'http':
        return this.#http(args);
      case 'verify-jwt':
        return this.#verify(args);
      case 'cache-get':
        return { target: args, run: () => this.#cached(args) };
      case 'cache-set':
        return this.#cache(args);
      case 'secret':
        return { target: args, run: () => ({ text: this.#secret(args) }) };
      case 'bucket-get':
        return this.#bucket(args);
      default:
        throw new CeilingError(`not available in flow ${this.parts.program.flow}`);
    }
  }

  // ---------------------------------------------------------------- HTTP

  #http(args: string): Prepared {
    const { host, tokens, program } = this.parts;
    const wanted = httpArguments(args);
    const client = this.#client(wanted.client);
    const url = outgoingUrl(client, wanted.uri, wanted.path, wanted.query);
    const request = {
      method: wanted.method,
      url: url.href,
      headers: this.#headers(wanted.method, wanted.headers),
      body: wanted.body,
      timeout: Math.min(wanted.timeout ?? Infinity, this.#timeLeft),
      caller: program.procedure,
    };
    return {
      target: httpTarget(wanted.method.slice(0, 10), url),
      run: async () => {
        if (!client.allowTokens && carriesOneOf(`${args}\n${url.href}`, tokens()))
          throw new HostServiceError(
            'refused',
            `an outgoing request may not carry a token of this run; the setting allowTokens of the HTTP client "${client.id}" would allow it`,
          );
        const response = withoutCredentials(await host.request(client, request), client.credentials);
        return { text: JSON.stringify(response), outcome: `answered ${response.statusCode}` };
      },
    };
  }

  #client(id: string | null): OpenedHttpClient {
    const { httpClients, id: profile } = this.parts.profile;
    if (id !== null) {
      const named = httpClients.get(id);
      if (named !== undefined) return named;
      throw new CeilingError(`the profile "${profile}" has no HTTP client "${id.slice(0, 100)}": add it, or name one that it has`);
    }
    const [only] = httpClients.values();
    if (only === undefined) throw new CeilingError(`the profile "${profile}" has no HTTP client: add one, with the hosts it may reach`);
    if (httpClients.size > 1)
      throw new CeilingError(
        `the profile "${profile}" has ${httpClients.size} HTTP clients: name one, as getWebServiceClient("${only.id}")`,
      );
    return only;
  }

  /** A code that is released and redeemed again sends the same key, so that the other side can tell a repetition. */
  #headers(method: string, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const { grant, program } = this.parts;
    const index = this.#requests++;
    if (grant === null || method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return given;
    if (Object.keys(given).some((name) => name.toLowerCase() === 'idempotency-key')) return given;
    return { ...given, 'idempotency-key': hash('sha256', `${grant}\n${program.procedure}\n${index}`, 'base64url').slice(0, 32) };
  }

  get #timeLeft(): number {
    return this.parts.deadline - Date.now();
  }

  // ---------------------------------------------------------------- JWTs

  #verify(args: string): Prepared {
    const { host, profile, now, tokens } = this.parts;
    const wanted = verifyArguments(args);
    const isOwn = wanted.keySet === undefined && wanted.jwksUri === undefined && wanted.issuer === profile.issuer;
    const keySet: unknown = isOwn ? JSON.parse(profile.keys.jwks) : wanted.keySet;
    const target = isOwn ? 'own keys' : keySet === undefined ? urlTarget(wanted.jwksUri ?? wanted.issuer ?? '') : 'given keySet';
    return {
      target,
      run: async () => {
        if (keySet === undefined && carriesOneOf(`${wanted.jwksUri ?? ''}\n${wanted.issuer ?? ''}`, tokens()))
          throw new HostServiceError('refused', 'the address of a key set may not hold a token of this run');
        const text = await host.verify({
          ...wanted,
          ...(keySet === undefined ? {} : { keySet }),
          now: Math.floor(now / 1000),
          clients: [...profile.httpClients.values()],
          timeout: this.#timeLeft,
        });
        return { text };
      },
    };
  }

  // ---------------------------------------------------------------- memory, secrets, buckets

  /** Procedures of one name share what they keep over their versions, within their profile. */
  get #owner(): string {
    return `${this.parts.profile.id}\n${this.parts.program.procedure}`;
  }

  #cached(key: string): { readonly text: string; readonly outcome: string } {
    const value = this.parts.host.cache.get(this.#owner, key);
    return { text: value ?? 'null', outcome: value === null ? 'answered miss' : 'answered hit' };
  }

  #cache(args: string): Prepared {
    const { key, seconds, value } = cacheArguments(args);
    return {
      target: key,
      run: () => {
        this.#refuseSecrets('the cache', args);
        this.parts.host.cache.set(this.#owner, key, value, seconds);
        return { text: 'null' };
      },
    };
  }

  #secret(name: string): string {
    const { program, profile, isRehearsal } = this.parts;
    const shown = name.slice(0, 100);
    const value = profile.secrets.get(name);
    const missing = () => new CeilingError(`the profile "${profile.id}" has no secret "${shown}": add it`);
    // A source that is not stored has version 0, and may read all that there are.
    if (value === undefined && program.version === 0) throw missing();
    if (program.secrets?.includes(name) !== true)
      throw new CeilingError(
        `the version ${program.version} of procedure "${program.procedure}" may not read the secret "${shown}": name it among the secrets of the version`,
      );
    if (value === undefined) throw missing();
    const given = isRehearsal ? `[secret ${name}]` : value;
    this.literals.add(name, given);
    return given;
  }

  #bucket(args: string): Prepared {
    const { buckets, profile } = this.parts;
    const { bucket, subject, purpose } = bucketArguments(args);
    return {
      target: `${bucket} ${purpose}`,
      run: async () => {
        requireBucket(profile, bucket);
        return { text: (await buckets.get(profile.id, bucket, subject, purpose)) ?? 'null' };
      },
    };
  }

  #refuseSecrets(where: string, text: string): void {
    const name = this.literals.within(text);
    if (name !== null) throw new CeilingError(`the secret "${name}" may not be put into ${where}`);
  }
}

/** @throws CeilingError */
export function requireBucket(profile: ProfileServices, bucket: string): void {
  if (!profile.buckets.has(bucket)) throw new CeilingError(`the profile "${profile.id}" has no bucket "${bucket.slice(0, 100)}": add it`);
}

/** Shorter ones cannot be told from ordinary text. */
const SHORTEST_CREDENTIAL = 8;

/** A server that repeats what it was sent, as some do in their errors, gives no credentials to procedures. */
function withoutCredentials(response: OutgoingResponse, credentials: OpenedCredentials | null): OutgoingResponse {
  if (credentials === null || credentials.value.length < SHORTEST_CREDENTIAL) return response;
  const clean = (text: string) => withoutValue(text, credentials.value, '[credentials]');
  const headers = Object.entries(response.headers).map(([name, value]) => [name, clean(value)] as const);
  return { ...response, headers: Object.fromEntries(headers), body: clean(response.body) };
}

function shortened(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}
