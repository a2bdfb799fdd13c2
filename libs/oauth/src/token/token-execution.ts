import { AUTHORIZATION_CODE } from '../authorize/code-grant.ts';
import type { Route } from '../configuration/snapshot.ts';
import { DEVICE_CODE } from '../device/device-grant.ts';
import { CeilingError, jwtPayload, type TokenData } from '../issuance/claims.ts';
import { ID_TOKEN_ISSUER, ID_TOKEN_TYPE, idTokenClaims, idTokenIssuer } from '../issuance/id-token.ts';
import type { ReadyKey } from '../issuance/key-ring.ts';
import { signCompact } from '../issuance/jws.ts';
import type { FlowId } from '../procedures/flows.ts';
import type { ContextSection, IssuerView } from '../procedures/host-calls.ts';
import type { Execution } from '../procedures/procedure-executor.ts';
import { requestView } from '../procedures/request-view.ts';
import type { GuestEffect, Program } from '../procedures/sandbox.ts';
import type { ProfileServices } from '../procedures/service-calls.ts';
import type { TokenStore } from '../stores.ts';
import type { OAuthRequest } from '../transport/exchange.ts';
import { parameter } from '../transport/form.ts';
import { requireInitialized, type ExchangeDecision, type RedeemedGrant, type TokenRequest } from './grant-type.ts';
import { MintedValues } from './minted-values.ts';
import { tokenId } from './opaque-token.ts';
import { ACCESS_TOKEN_TYPE, WRAPPED_TOKEN_TYPE, wrappedReference } from './presented-jwt.ts';
import { REFRESH_TOKEN_ISSUER, TokenComposition } from './token-composition.ts';
import { tokenEffects, type CommitOfARun, type SignedToken } from './token-effects.ts';

/** Where delegations that a procedure names are found. */
export type Delegations = Pick<TokenStore, 'findDelegation'>;

/** What differs in a dry run. */
export interface DryRunSettings {
  /** Signs in place of the profile's. */
  readonly key: ReadyKey;
}

/** Parameters that hold tokens. RFC 8693 section 2.1, RFC 7521 section 4.1, RFC 8628 section 3.4. */
const PRESENTED_PARAMETERS = ['subject_token', 'actor_token', 'assertion', 'device_code'];

/** One run of a procedure that issues tokens, and what its effects mean for the database. */
export class TokenExecution implements Execution {
  readonly program: Program;
  readonly profile: string;
  readonly core: string;
  readonly minted: Readonly<Record<string, readonly string[]>>;
  readonly likely = [];
  readonly services: ProfileServices;
  readonly grantName: string | null;
  readonly measure: boolean;
  /** The grant; once the first phase of an exchange has decided, what it is then. */
  #decided: RedeemedGrant;
  #composition: TokenComposition;
  readonly #values: MintedValues;
  readonly #signed: SignedToken[] = [];
  readonly #idTokens: string[] = [];
  readonly #signedAccessTokens: string[] = [];

  constructor(
    private readonly token: TokenRequest,
    flow: FlowId,
    private readonly grant: RedeemedGrant,
    private readonly delegations: Delegations,
    private readonly dryRun: DryRunSettings | null = null,
  ) {
    const { route } = token;
    const program = route.programs.get(flow);
    if (program === undefined) throw new Error(`endpoint ${route.endpoint.id} has no flow ${flow}`);
    this.program = program;
    this.profile = route.profile.id;
    this.services = route.profile;
    this.measure = dryRun !== null;
    this.grantName = grant.claim === null ? null : Buffer.from(grant.claim.hash).toString('base64url');
    this.#decided = grant;
    this.#composition = new TokenComposition(token, grant);
    const issuesTokens = grant.defaults.accessToken !== null;
    this.#values = new MintedValues(
      this.#composition,
      {
        delegation: issuesTokens && grant.delegation === null,
        renewed: grant.renews?.id,
        accessTokens: issuesTokens,
        refreshTokens: this.#mayRefresh,
        codes: grant.code !== null ? AUTHORIZATION_CODE : grant.deviceCode !== undefined ? DEVICE_CODE : null,
      },
      flow,
    );
    this.minted = this.#values.first;
    const presented = JSON.stringify(grant.presented).slice(1, -1);
    this.core = `"scopeNames":${JSON.stringify(grant.scopes)},"delegation":${this.section('delegation')}${presented === '' ? '' : `,${presented}`}`;
  }

  get route(): Route {
    return this.token.route;
  }

  get request(): OAuthRequest {
    return this.token.request;
  }

  get clientId(): string {
    return this.token.client.id;
  }

  section(name: ContextSection): string {
    switch (name) {
      case 'issuers':
        return this.#issuersText();
      case 'client':
        return this.token.client.viewText;
      case 'request':
        return requestView(this.token.request, this.token.form);
      case 'profile':
        return JSON.stringify({ id: this.token.route.profile.id, issuer: this.token.route.profile.issuer });
      case 'delegation':
        return this.grant.delegation?.view ?? 'null';
      case 'defaults':
        return JSON.stringify(this.grant.defaults);
      case 'scopeNames':
        return JSON.stringify(this.grant.scopes);
      case 'subjectAttributes':
        return JSON.stringify(this.grant.subjectAttributes);
      case 'contextAttributes':
        return JSON.stringify(this.grant.contextAttributes);
    }
  }

  mint(kind: string): string {
    return this.#values.mint(kind);
  }

  /** The second phase of an exchange: from here on tokens can be issued, within what was decided. */
  initialize(decision: string): string {
    const { initialize } = this.#decided;
    if (this.grant.initialize === undefined) throw new CeilingError(`not available in flow ${this.program.flow}`);
    if (initialize === undefined) throw new CeilingError('getInitializedContext may be called once');
    const decided = initialize(JSON.parse(decision) as ExchangeDecision);
    this.#decided = decided;
    this.#composition = new TokenComposition(this.token, decided);
    const { scopes, subjectAttributes, contextAttributes, defaults, delegation } = decided;
    const full = JSON.stringify({ scopeNames: scopes, subjectAttributes, contextAttributes, defaults });
    return `${full.slice(0, -1)},"delegation":${delegation?.view ?? 'null'},"issuers":${this.#issuersText()}}`;
  }

  /** A JWT or wrapped opaque token: its text must be real while the procedure runs, its row is stored at commit. */
  issue(issuerId: string, delegationId: string, data: string): string {
    const isIdToken = issuerId === ID_TOKEN_ISSUER;
    const text = isIdToken ? this.#idToken(data) : this.#signedAccessToken(issuerId, delegationId, data);
    (isIdToken ? this.#idTokens : this.#signedAccessTokens).push(text);
    return text;
  }

  #idToken(data: string): string {
    const { route, client, now } = this.token;
    const { idToken, subject } = this.grant;
    const key = this.#idTokenKey();
    if (idToken === null || key === undefined) throw new CeilingError(`flow ${this.program.flow} issues no id token`);
    const owned = {
      ...{ iss: route.profile.issuer, sub: route.profile.subjectFor(client, subject), aud: client.id },
      ...{ nonce: idToken.nonce, auth_time: idToken.authenticatedAt },
      sid: idToken.session === null ? null : route.profile.sessionFor(client, idToken.session),
    };
    const times = { now, latestExpiry: now + client.idTokenLifetime };
    return signCompact(idTokenClaims(data, owned, times, subject), ID_TOKEN_TYPE, key);
  }

  #idTokenKey(): ReadyKey | undefined {
    return this.dryRun?.key ?? this.token.route.profile.idTokenKey(this.token.client);
  }

  #signedAccessToken(issuerId: string, delegationId: string, data: string): string {
    if (this.grant.defaults.accessToken === null) throw new CeilingError(`flow ${this.program.flow} issues no access token`);
    // Before anything is signed: a signature cannot be taken back from a procedure that has seen it.
    requireInitialized(this.#decided);
    if (delegationId !== this.grant.delegation?.id && !this.#values.delegations.includes(delegationId))
      throw new CeilingError('a token needs a delegation that was issued in this run');
    const issuer = this.#composition.issuer(issuerId);
    const { profile } = this.token.route;
    const composed = this.#composition.accessToken(issuer, delegationId, data);
    const key = this.dryRun?.key ?? profile.keys.active(issuer.algorithm ?? 'ES256');
    if (key === undefined) throw new Error(`profile ${profile.id} has no active ${issuer.algorithm ?? 'ES256'} key`);
    const minted = this.#composition.mint('access_token');
    this.#signed.push({ delegationId, token: this.#composition.row('access_token', issuer.kind, delegationId, minted, composed) });
    return issuer.kind === 'jwt'
      ? signCompact(
          jwtPayload(JSON.stringify(this.#readable(composed)), this.token.client.id, tokenId(minted.key)).text,
          ACCESS_TOKEN_TYPE,
          key,
        )
      : signCompact(
          JSON.stringify({ iss: composed['iss'], iat: composed.iat, exp: composed.exp, ref: minted.value }),
          WRAPPED_TOKEN_TYPE,
          key,
        );
  }

  /** The data as the client may read it. */
  #readable(data: TokenData): TokenData {
    const { client, route } = this.token;
    if (client.openId.jwtAccessTokenSubject === 'public') return data;
    return { ...data, sub: route.profile.subjectFor(client, data.sub) };
  }

  /** One of the profile and of the calling client. */
  async delegation(id: string): Promise<string> {
    const found = await this.delegations.findDelegation(this.profile, id);
    return found?.clientId === this.token.client.id && found.status === 'active' && found.expiresAt > this.token.now ? found.view : 'null';
  }

  /** Authorization codes that were made for the run. */
  get codes(): readonly string[] {
    return this.#values.codes.map(({ value }) => value);
  }

  /** Access tokens that were made for the run, or signed in it. */
  get accessTokens(): readonly string[] {
    return [...this.#values.tokens.access_token.map(({ value }) => value), ...this.#signedAccessTokens];
  }

  get idTokens(): readonly string[] {
    return this.#idTokens;
  }

  /** The text of a code that was made for the run; undefined for any other. */
  codeOf(hash: Uint8Array): string | undefined {
    return this.#values.codes.find((made) => Buffer.compare(made.hash, hash) === 0)?.value;
  }

  get hasSigned(): boolean {
    return this.#signed.length > 0;
  }

  /** Public ids (`jti` begins with them) of tokens that were signed during the run; without a commit they have no row. */
  get signedIds(): readonly string[] {
    return this.#signed.map(({ token }) => tokenId(token.key));
  }

  /** Tokens that were signed during the run. */
  get signedTexts(): readonly string[] {
    return [...this.#signedAccessTokens, ...this.#idTokens];
  }

  secrets(): readonly string[] {
    const { presentedToken } = this.grant.presented;
    const exchanged = PRESENTED_PARAMETERS.map((name) => parameter(this.token.form, name));
    const presented = [this.grant.rotated?.value, presentedToken?.value, ...exchanged].filter((value) => typeof value === 'string');
    return [...this.#values.secrets(), ...this.signedTexts, ...presented, ...presented.flatMap(wrappedReference)];
  }

  /**
   * What is to be committed.
   * @throws CeilingError when a delegation or token passes a ceiling
   */
  effects(recorded: readonly GuestEffect[]): Promise<CommitOfARun> {
    const { token, delegations } = this;
    return tokenEffects(recorded, {
      ...{ token, grant: this.#decided, delegations },
      composition: this.#composition,
      values: this.#values,
      signed: this.#signed,
    });
  }

  /** Whether the flow gives refresh tokens, and to this client. */
  get #mayRefresh(): boolean {
    return this.grant.refreshScopes !== null && this.token.client.may('refresh-token');
  }

  #issuersText(): string {
    const { defaults, refreshScopes, idToken, code, deviceCode } = this.grant;
    const text =
      defaults.accessToken === null
        ? '{"access":null,"jwt":null}'
        : this.token.route.profile.issuersText(this.grant.target?.format ?? this.token.client.accessTokenFormat);
    const more: Record<string, IssuerView> = {};
    if (refreshScopes !== null) more['refresh'] = { id: REFRESH_TOKEN_ISSUER, kind: 'opaque', enabled: this.#mayRefresh };
    const key = this.#idTokenKey();
    if (idToken !== null && key !== undefined) more['idToken'] = idTokenIssuer(key.algorithm);
    if (code !== null) more['authorizationCode'] = { id: AUTHORIZATION_CODE, kind: 'opaque', enabled: true };
    if (deviceCode !== undefined) more['deviceCode'] = { id: DEVICE_CODE, kind: 'opaque', enabled: true };
    const further = JSON.stringify(more);
    return further === '{}' ? text : `${text.slice(0, -1)},${further.slice(1)}`;
  }
}
