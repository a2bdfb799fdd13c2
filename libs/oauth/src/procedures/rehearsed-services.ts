import type { OpenedHttpClient } from '../configuration/opened-secrets.ts';
import { checkedUrl } from '../configuration/host-rules.ts';
import type { BucketStore } from '../stores.ts';
import { DryRunError, type DryRunAnswer } from './dry-run.ts';
import {
  HostServiceError,
  type HostServices,
  type JwtVerification,
  type OutgoingRequest,
  type OutgoingResponse,
  type ProcedureCache,
} from './host-services.ts';
import { httpTarget, urlTarget } from './outgoing-target.ts';
import { isObject } from './service-arguments.ts';

/** Given answers of one kind of call and target, used up one after the other; the last one stays. */
interface Supply {
  readonly call: string;
  readonly answers: unknown[];
}

/**
 * The services of a dry run: they touch nothing real. HTTP and published key sets answer what the request of the dry run
 * gives them, and else fail and say so; cache and buckets are empty and forgotten afterwards.
 */
export class RehearsedServices implements HostServices {
  readonly cache: ProcedureCache;
  readonly buckets: Pick<BucketStore, 'get'>;
  readonly #supplies: readonly Supply[];

  /**
   * @param real verifies with key sets that procedures give, which takes no network; null where there is none
   * @throws DryRunError for an answer that no call can have
   */
  constructor(
    given: readonly DryRunAnswer[],
    private readonly real: HostServices | null,
  ) {
    this.#supplies = supplies(given);
    const kept = new Map<string, string>();
    const cached = (key: string): string | null => {
      const answer = this.#take('cache-get', key);
      return answer === undefined ? (kept.get(key) ?? null) : JSON.stringify({ kept: answer.value });
    };
    this.cache = { get: (_owner, key) => cached(key), set: (_owner, key, value) => void kept.set(key, value) };
    this.buckets = {
      get: (_profile, bucket, _subject, purpose) => {
        const answer = this.#take('bucket-get', `${bucket} ${purpose}`);
        return answer === undefined ? null : JSON.stringify(answer.value);
      },
    };
  }

  async request(client: OpenedHttpClient, { method, url }: OutgoingRequest): Promise<OutgoingResponse> {
    // An answer that is given for what production refuses would only hide it.
    const target = httpTarget(method, checkedUrl(client, url));
    const { statusCode = 200, headers = {}, body = '' } = this.#demand('http', target);
    const names = Object.entries(headers as Record<string, string>).map(([name, value]) => [name.toLowerCase(), value]);
    return {
      statusCode: statusCode as number,
      headers: Object.fromEntries(names) as Record<string, string>,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    };
  }

  async verify(verification: JwtVerification): Promise<string> {
    const target = verification.jwksUri ?? verification.issuer;
    if (verification.keySet === undefined || this.real === null) return JSON.stringify(this.#demand('verify-jwt', urlTarget(target ?? '')));
    return this.real.verify(verification);
  }

  async close(): Promise<void> {
    // Nothing was opened.
  }

  #demand(kind: string, target: string): Record<string, unknown> {
    const taken = this.#take(kind, target);
    if (taken === undefined)
      throw new HostServiceError(
        'refused',
        `a dry run calls nothing real: give its request an answer such as { "call": "${kind} ${target}", "answer": {} }`,
      );
    const { error, ...rest } = taken.value as Record<string, unknown>;
    if (typeof error === 'string' && Object.keys(rest).length === 0) throw new HostServiceError('unreachable', error.slice(0, 500));
    return taken.value as Record<string, unknown>;
  }

  #take(kind: string, target: string): { readonly value: unknown } | undefined {
    const supply = this.#supplies.find(({ call }) => call === `${kind} ${target}`) ?? this.#supplies.find(({ call }) => call === kind);
    if (supply === undefined) return undefined;
    const value = supply.answers.length > 1 ? supply.answers.shift() : supply.answers[0];
    return { value };
  }
}

const KINDS: Readonly<Record<string, (answer: unknown) => boolean>> = {
  http: (answer) => isObject(answer) && isHttpAnswer(answer),
  'verify-jwt': isObject,
  'cache-get': () => true,
  'bucket-get': isObject,
};

function isHttpAnswer({ statusCode = 200, headers = {} }: Record<string, unknown>): boolean {
  const isStatus = typeof statusCode === 'number' && Number.isInteger(statusCode) && statusCode >= 200 && statusCode <= 599;
  return isStatus && isObject(headers) && Object.values(headers).every((value) => typeof value === 'string');
}

function supplies(given: readonly DryRunAnswer[]): readonly Supply[] {
  const byCall = new Map<string, Supply>();
  given.forEach(({ call, answer }, i) => {
    const fits = KINDS[call.split(' ')[0] ?? ''];
    if (fits === undefined)
      throw new DryRunError(
        `/answers/${i}/call`,
        `must begin with ${Object.keys(KINDS).join(', ')}, such as "http GET api.example.com/users"`,
      );
    if (!fits(answer))
      throw new DryRunError(
        `/answers/${i}/answer`,
        call.startsWith('http') ? 'must be an object with statusCode, headers and body, or with error' : 'must be an object',
      );
    const supply = byCall.get(call) ?? { call, answers: [] };
    byCall.set(call, supply);
    supply.answers.push(answer);
  });
  return [...byCall.values()];
}
