import type { RegisteredClient } from '../client/registered-client.ts';
import type { Route } from '../configuration/snapshot.ts';
import { CeilingError } from '../issuance/claims.ts';
import type { FlowId } from '../procedures/flows.ts';
import type { ContextSection } from '../procedures/host-calls.ts';
import type { Execution, Returned } from '../procedures/procedure-executor.ts';
import { requestView } from '../procedures/request-view.ts';
import type { Invocation, Program } from '../procedures/sandbox.ts';
import type { ProfileServices } from '../procedures/service-calls.ts';
import { wrappedReference } from '../token/presented-jwt.ts';
import type { OAuthRequest } from '../transport/exchange.ts';
import type { Form } from '../transport/form.ts';
import type { IntrospectedToken } from './introspected-token.ts';
import type { PhantomToken, PhantomTokens } from './phantom-tokens.ts';

const NOTHING_LIKELY: Invocation['likely'] = [];
const NOTHING_MINTED: Invocation['minted'] = {};

/** One run of an introspection procedure. */
export class IntrospectionExecution implements Execution {
  readonly program: Program;
  readonly profile: string;
  readonly core: string;
  readonly minted = NOTHING_MINTED;
  readonly services: ProfileServices;
  readonly likely: Invocation['likely'];
  /** What this run may hand out. */
  readonly issued: PhantomToken[] = [];
  readonly #expected: string | null;
  /** Signed in this very run, ahead of a question that may not come. */
  #ahead: PhantomToken | null = null;
  #tokenName: string | undefined;

  constructor(
    readonly route: Route,
    flow: FlowId,
    readonly caller: RegisteredClient,
    readonly request: OAuthRequest,
    private readonly form: Form,
    private readonly presented: string,
    readonly token: IntrospectedToken | null,
    private readonly phantoms: PhantomTokens,
    private readonly now: number,
    readonly measure = false,
  ) {
    const program = route.programs.get(flow);
    if (program === undefined) throw new Error(`endpoint ${route.endpoint.id} has no flow ${flow}`);
    this.program = program;
    this.profile = route.profile.id;
    this.services = route.profile;
    if (token === null) {
      this.core = `"presentedToken":{"active":false,"type":"bearer","value":${JSON.stringify(presented)},"expiredScopes":[],"data":{}}`;
      this.likely = NOTHING_LIKELY;
      this.#expected = null;
      return;
    }
    const type = boundToKey(token.cnf) ? 'DPoP' : 'bearer';
    const expired = token.expiredScopes.length === 0 ? '[]' : JSON.stringify(token.expiredScopes);
    // The text of an active token is of our own making: nothing in it needs escaping.
    this.core = `"presentedToken":{"active":true,"type":"${type}","value":"${presented}","expiredScopes":${expired},"data":${token.data}}`;
    const issuer = route.profile.defaultIssuer('jwt');
    this.#expected = issuer?.enabled === true ? `${issuer.id}\n${token.delegationId}\n${token.data}` : null;
    this.likely = this.#likely(token);
  }

  get clientId(): string {
    return this.caller.id;
  }

  section(name: ContextSection): string {
    switch (name) {
      case 'issuers':
        return this.route.profile.issuersText(this.caller.accessTokenFormat);
      case 'client':
        return this.caller.viewText;
      case 'request':
        return requestView(this.request, this.form);
      case 'delegation':
        return this.token?.delegation ?? 'null';
      case 'profile':
        return JSON.stringify({ id: this.route.profile.id, issuer: this.route.profile.issuer });
      case 'defaults':
        return `{"accessToken":${this.token?.data ?? 'null'},"response":{}}`;
      case 'scopeNames':
        return JSON.stringify(this.token === null ? [] : [...this.token.scopes]);
      case 'subjectAttributes':
        return JSON.stringify(this.token === null ? {} : { subject: this.token.subject });
      case 'contextAttributes':
        return '{}';
    }
  }

  issue(issuerId: string, delegationId: string, data: string): string {
    const phantom = this.phantoms.issue(this.route.profile, this.token, issuerId, delegationId, data, this.now);
    this.issued.push(phantom);
    if (this.token !== null && this.route.profile.tokenIssuer(issuerId)?.lifetime === null) {
      const args = `${issuerId}\n${delegationId}\n${data}`;
      this.phantoms.likely.learn(this.program, this.#name(this.token), { args: args === this.#expected ? null : args, ...phantom });
    }
    return phantom.jwt;
  }

  mint(kind: string): string {
    throw new CeilingError(`flow ${this.program.flow} issues no ${kind.replace('_', ' ')}`);
  }

  secrets(): readonly string[] {
    return [this.presented, ...wrappedReference(this.presented), ...this.issued.map(({ jwt }) => jwt)];
  }

  /** Learns from a run that delivered that what was signed ahead was not wanted. */
  settle(returned: Returned): void {
    if (this.#ahead !== null && !returned.response.includes(this.#ahead.jwt)) this.phantoms.likely.unlearn(this.program);
  }

  #likely(token: IntrospectedToken): Invocation['likely'] {
    const { likely, signatures } = this.phantoms;
    if (!likely.isWatched(this.program)) return NOTHING_LIKELY;
    if (!likely.passesDataOn(this.program)) {
      const known = likely.known(this.program, this.#name(token));
      if (known === undefined) return NOTHING_LIKELY;
      this.issued.push(known);
      return [{ kind: 'issue', args: known.args ?? this.#expected ?? '', answer: known.jwt }];
    }
    const issuer = this.route.profile.defaultIssuer('jwt');
    if (this.#expected === null || issuer?.lifetime !== null) return NOTHING_LIKELY;
    const { misses } = signatures;
    let phantom;
    try {
      phantom = this.phantoms.issue(this.route.profile, token, issuer.id, token.delegationId, token.data, this.now);
    } catch (error) {
      // The procedure will be told if it asks for this very token.
      if (error instanceof CeilingError) return NOTHING_LIKELY;
      throw error;
    }
    this.issued.push(phantom);
    if (signatures.misses !== misses) this.#ahead = phantom;
    return [{ kind: 'issue', args: this.#expected, answer: phantom.jwt }];
  }

  /**
   * Names the token with everything its phantom token depends on. The scopes are the ceiling: callers with the same data
   * before them may differ in what they may see of the delegation, and with time scopes end.
   */
  #name(token: IntrospectedToken): string {
    return (this.#tokenName ??= `${this.route.profile.revision}\n${token.id}\n${[...token.scopes].join(' ')}\n${token.narrowed ? token.data : ''}`);
  }
}

function boundToKey(cnf: unknown): boolean {
  return typeof cnf === 'object' && cnf !== null && 'jkt' in cnf;
}
