import type { IntrospectionFormat } from '../configuration/client-settings.ts';
import type { ProcedureExecutor, Returned } from '../procedures/procedure-executor.ts';
import { responseHeaders } from '../procedures/response-headers.ts';
import { jsonResponse, type OAuthResponse } from '../transport/exchange.ts';
import type { IntrospectionExecution } from './introspection-execution.ts';
import type { PhantomToken } from './phantom-tokens.ts';
import { checkIntrospectionResponse, INACTIVE, type CheckedResponse } from './introspection-response.ts';
import { signIntrospection, SIGNED_INTROSPECTION } from './signed-introspection.ts';

/** A phantom JWT above this size is likely to pass some gateway's or server's header limit. Characters. */
const LARGE_JWT = 3584;

/** No body at all: gateways take any non-empty one for a token. */
const NO_CONTENT: OAuthResponse = { status: 204, headers: ['Cache-Control', 'no-store'], body: null };

/** What a gateway that only sub-requests hands on for an active token. */
export interface PassedOn {
  /** The phantom token; null when the procedure gave none. */
  readonly jwt: string | null;
  /** Members of the procedure's response. */
  readonly members: Readonly<Record<string, unknown>>;
  /** Headers that the procedure set, names and values in turn. */
  readonly headers: readonly string[];
  /** For how long it may be kept; 0 for not at all. */
  readonly cacheSeconds: number;
}

/** A response within the ceilings, with the headers that the procedure set: names and values in turn. */
export interface CheckedAnswer extends CheckedResponse {
  readonly headers: readonly string[];
}

/** Turns what an introspection procedure returned into the answer, after every check; dry runs get theirs from here too. */
export class IntrospectionAnswer {
  constructor(
    private readonly procedures: ProcedureExecutor,
    private readonly clock: () => number,
    private readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void,
  ) {}

  /** @throws OAuthError `server_error` when the response breaks a rule */
  async answer(format: IntrospectionFormat, execution: IntrospectionExecution, returned: Returned): Promise<OAuthResponse> {
    const { caller, route } = execution;
    const checked = this.checked(execution, returned);
    const extra = checked?.headers ?? [];
    if (format === 'signed') {
      const body = await signIntrospection(checked?.text ?? INACTIVE, caller, route.profile, this.clock());
      return { status: 200, headers: ['Content-Type', `application/${SIGNED_INTROSPECTION}`, 'Cache-Control', 'no-store', ...extra], body };
    }
    if (format === 'json') return jsonResponse(200, checked?.text ?? INACTIVE, extra);
    if (checked === null) return NO_CONTENT;
    return this.#jwt(checked.members['jwt'], execution, extra);
  }

  /**
   * The same for forward auth; null when the token is not active, or ends within a second.
   *
   * @throws OAuthError `server_error` when the response breaks a rule
   */
  passedOn(execution: IntrospectionExecution, returned: Returned): PassedOn | null {
    const { route, token } = execution;
    const checked = this.checked(execution, returned);
    if (token === null || checked === null) return null;
    const issued = this.#issued(checked.members['jwt'], execution);
    const life = Math.min(issued?.exp ?? token.expiresAt, token.expiresAt) - this.clock();
    if (life < 1) return null;
    const cacheSeconds = Math.min(life, route.endpoint.revocationLag ?? Infinity);
    return { jwt: issued?.jwt ?? null, members: checked.members, headers: checked.headers, cacheSeconds };
  }

  /**
   * What may be told of the token, for endpoints that word it themselves; null when it is not active.
   *
   * @throws OAuthError `server_error` when the response breaks a rule
   */
  checked(execution: IntrospectionExecution, { response, effects }: Returned): CheckedAnswer | null {
    const { route, token } = execution;
    const fault = (message: string) => this.procedures.fault(execution, message);
    const checked = token === null ? null : checkIntrospectionResponse(response, token, route.profile.issuer, fault);
    return checked === null ? null : { ...checked, headers: responseHeaders(effects, fault) };
  }

  #jwt(jwt: unknown, execution: IntrospectionExecution, extra: readonly string[]): OAuthResponse {
    const issued = this.#issued(jwt, execution);
    if (issued === null) return NO_CONTENT;
    const life = this.#cacheSeconds(execution, issued.exp);
    if (life < 1) return NO_CONTENT;
    return { status: 200, headers: ['Content-Type', 'application/jwt', 'Cache-Control', `max-age=${life}`, ...extra], body: issued.jwt };
  }

  /** The token that a procedure answers with, which must be one of this run; null for none. */
  #issued(jwt: unknown, execution: IntrospectionExecution): PhantomToken | null {
    if (jwt === undefined || jwt === null) return null;
    const issued = execution.issued.find((one) => one.jwt === jwt);
    if (issued === undefined) throw this.procedures.fault(execution, 'the member "jwt" must be a JWT that this run issued');
    if (issued.jwt.length > LARGE_JWT)
      this.warn('a phantom token is larger than many header limits', {
        profile: execution.profile,
        procedure: execution.program.procedure,
        characters: issued.jwt.length,
      });
    return issued;
  }

  /**
   * For how long a gateway may keep the answer: until the JWT ends, which neither the token nor a scope in it survives,
   * at most the endpoint's revocation lag. A lag of none is one second, since gateways read `max-age=0` as their default.
   */
  #cacheSeconds(execution: IntrospectionExecution, exp: number): number {
    return Math.min(exp - this.clock(), Math.max(1, execution.route.endpoint.revocationLag ?? Infinity));
  }
}
