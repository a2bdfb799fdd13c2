import { CeilingError, composeTokenData, jwtPayload, type Ceilings, type TokenData } from '../issuance/claims.ts';
import type { ReadyKey } from '../issuance/key-ring.ts';
import { signCompact } from '../issuance/jws.ts';
import type { TokenIssuer } from '../configuration/entities.ts';
import type { ContextSection, DelegationView } from '../procedures/host-calls.ts';
import { bucketEffects, isBucketEffect } from '../procedures/bucket-effects.ts';
import { mintDelegationId, type Execution } from '../procedures/procedure-executor.ts';
import { requestView } from '../procedures/request-view.ts';
import type { GuestEffect, Program } from '../procedures/sandbox.ts';
import type { ProfileServices } from '../procedures/service-calls.ts';
import type { Effect, NewDelegation, NewToken, TokenPurpose } from '../stores.ts';
import type { GrantType, RedeemedGrant, TokenRequest } from './grant-type.ts';
import { endOfPeriod, mintOpaqueToken, tokenId, type MintedToken } from './opaque-token.ts';
import { ACCESS_TOKEN_TYPE, WRAPPED_TOKEN_TYPE } from './presented-jwt.ts';

/** A token that was signed while the procedure ran; stored with the rest at commit. */
interface SignedToken {
  readonly issuerId: string;
  readonly delegationId: string;
  readonly token: NewToken;
}

/** One run of a procedure that issues tokens, and what its effects mean for the database. */
export class TokenExecution implements Execution {
  readonly program: Program;
  readonly profile: string;
  readonly core: string;
  readonly minted: Readonly<Record<string, readonly string[]>>;
  readonly likely = [];
  readonly services: ProfileServices;
  readonly grantName: string | null;
  readonly #latestExpiry: number;
  readonly #delegationIds: string[];
  readonly #tokens: MintedToken[];
  readonly #signed: SignedToken[] = [];
  readonly #texts: string[] = [];

  constructor(
    private readonly token: TokenRequest,
    grantType: GrantType,
    private readonly grant: RedeemedGrant,
    private readonly dryRunKey: ReadyKey | null = null,
    readonly measure = false,
  ) {
    const { route, now } = token;
    const program = route.programs.get(grantType.flow);
    if (program === undefined) throw new Error(`endpoint ${route.endpoint.id} has no flow ${grantType.flow}`);
    this.program = program;
    this.profile = route.profile.id;
    this.services = route.profile;
    this.grantName = grant.claim === null ? null : Buffer.from(grant.claim.hash).toString('base64url');
    this.#latestExpiry = now + route.profile.profile.defaults.maximumTokenLifetime;
    this.#delegationIds = [mintDelegationId()];
    this.#tokens = [mintOpaqueToken('access_token', this.#latestExpiry)];
    this.minted = { delegation: this.#delegationIds.slice(), access_token: this.#tokens.map(({ value }) => value) };
    this.core = `"scopeNames":${JSON.stringify(grant.scopes)},"delegation":null`;
  }

  section(name: ContextSection): string {
    switch (name) {
      case 'issuers':
        return this.token.route.profile.issuersText(this.token.client.accessTokenFormat);
      case 'client':
        return this.token.client.viewText;
      case 'request':
        return requestView(this.token.request, this.token.form);
      case 'profile':
        return JSON.stringify({ id: this.token.route.profile.id, issuer: this.token.route.profile.issuer });
      case 'delegation':
        return 'null';
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
    switch (kind) {
      case 'delegation': {
        const id = mintDelegationId();
        this.#delegationIds.push(id);
        return id;
      }
      case 'access_token': {
        const minted = mintOpaqueToken(kind satisfies TokenPurpose, this.#latestExpiry);
        this.#tokens.push(minted);
        return minted.value;
      }
      default:
        throw new CeilingError(`flow ${this.program.flow} issues no ${kind.replace('_', ' ')}`);
    }
  }

  /** A JWT or wrapped opaque token: its text must be real while the procedure runs, its row is stored at commit. */
  issue(issuerId: string, delegationId: string, data: string): string {
    // Before anything is signed: a signature cannot be taken back from a procedure that has seen it.
    if (!this.#delegationIds.includes(delegationId)) throw new CeilingError('a token needs a delegation that was issued in this run');
    const issuer = this.#issuer(issuerId);
    const { profile } = this.token.route;
    const composed = this.#compose(issuer, delegationId, data);
    const key = this.dryRunKey ?? profile.keys.active(issuer.algorithm ?? 'ES256');
    if (key === undefined) throw new Error(`profile ${profile.id} has no active ${issuer.algorithm ?? 'ES256'} key`);
    const minted = mintOpaqueToken('access_token', this.#latestExpiry);
    this.#signed.push({ issuerId, delegationId, token: this.#row(issuer, delegationId, minted, composed) });
    const text =
      issuer.kind === 'jwt'
        ? signCompact(jwtPayload(JSON.stringify(composed), this.token.client.id, tokenId(minted.key)).text, ACCESS_TOKEN_TYPE, key)
        : signCompact(
            JSON.stringify({ iss: composed['iss'], iat: composed.iat, exp: composed.exp, ref: minted.value }),
            WRAPPED_TOKEN_TYPE,
            key,
          );
    this.#texts.push(text);
    return text;
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
    return this.#texts;
  }

  secrets(): readonly string[] {
    return [...this.#tokens.map(({ value }) => value), ...this.#texts];
  }

  /**
   * What is to be committed.
   * @throws CeilingError when a delegation or token passes a ceiling
   */
  effects(recorded: readonly GuestEffect[]): readonly Effect[] {
    const delegations = new Map<string, Record<string, unknown>>();
    const tokens: NewToken[] = [];
    for (const effect of recorded) {
      if (isBucketEffect(effect)) continue;
      const { kind, payload } = effect;
      const parts = payload.split('\n');
      if (kind === 'delegation')
        delegations.set(this.#delegationIds[Number(parts[0])] ?? missing(kind), delegationData(parts[1] ?? missing(kind)));
      else if (kind === 'token') {
        const [issuerId = '', delegationId = '', index = '', data = ''] = parts;
        if (!delegations.has(delegationId)) throw new CeilingError('the delegation was not issued in this run');
        const issuer = this.#issuer(issuerId);
        tokens.push(
          this.#row(issuer, delegationId, this.#tokens[Number(index)] ?? missing(kind), this.#compose(issuer, delegationId, data)),
        );
      } else if (kind === 'revoke-delegation') {
        if (!delegations.delete(payload)) throw new CeilingError('only a delegation issued in this run may be revoked in this flow');
      } else if (kind !== 'header') throw new Error(`unknown effect ${kind}`);
    }
    for (const { delegationId, token } of this.#signed) {
      if (!delegations.has(delegationId)) throw new CeilingError('the delegation was not issued in this run');
      tokens.push(token);
    }
    const live = tokens.filter((token) => delegations.has(token.delegationId));
    return [
      ...[...delegations].map(([id, data]): Effect => ({ effect: 'delegation', delegation: this.#delegation(id, data, live) })),
      ...live.map((token): Effect => ({ effect: 'token', token })),
      ...bucketEffects(recorded, this.services),
    ];
  }

  #issuer(id: string): TokenIssuer {
    const issuer = this.token.route.profile.tokenIssuer(id);
    if (issuer?.enabled !== true) throw new CeilingError(`the profile has no enabled token issuer "${id}"`);
    return issuer;
  }

  #compose(issuer: TokenIssuer, delegationId: string, data: string): TokenData {
    const { profile } = this.token.route;
    const { now } = this.token;
    const lifetime = issuer.lifetime ?? this.token.client.accessTokenLifetime;
    return composeTokenData(
      data,
      this.#ceilings(issuer),
      { iss: profile.issuer, purpose: 'access_token', delegationId },
      { iat: now, nbf: now, exp: Math.min(now + lifetime, this.#latestExpiry) },
    );
  }

  #ceilings(issuer: TokenIssuer): Ceilings {
    const { profile } = this.token.route.profile;
    return {
      latestExpiry: Math.min(this.#latestExpiry, endOfPeriod(Math.floor(this.#latestExpiry / 86_400))),
      expirySource: "the profile's maximumTokenLifetime",
      scopes: new Set(this.grant.scopes),
      // A token outlives its shorter-lived scopes: introspection takes them out. A JWT cannot lose them later.
      scopeExpiry: (scope) => (issuer.kind === 'jwt' ? this.#scopeExpiry(scope) : undefined),
      audiences: profile.allowedAudiences,
      subject: issuer.allowSubjectChange ? null : this.grant.subject,
    };
  }

  #scopeExpiry(scope: string): number | undefined {
    const { scopes } = this.token.route.profile.profile;
    const lifetime = Object.hasOwn(scopes, scope) ? scopes[scope]?.lifetime : undefined;
    return lifetime === undefined ? undefined : this.token.now + lifetime;
  }

  #row(issuer: TokenIssuer, delegationId: string, minted: MintedToken, data: TokenData): NewToken {
    return {
      key: minted.key,
      profile: this.profile,
      purpose: 'access_token',
      form: issuer.kind,
      clientId: this.token.client.id,
      subject: data.sub,
      delegationId,
      data: JSON.stringify(data),
      issuedAt: this.token.now,
      expiresAt: data.exp,
    };
  }

  #delegation(id: string, data: Record<string, unknown>, tokens: readonly NewToken[]): NewDelegation {
    const scope = delegationScope(data['scope']) ?? this.grant.scopes.join(' ');
    const names = new Set(scope.split(' '));
    for (const name of names)
      if (name !== '' && !this.grant.scopes.includes(name))
        throw new CeilingError(`the scope "${name.slice(0, 100)}" was not granted to the delegation`);
    const own = tokens.filter((token) => token.delegationId === id);
    // What introspection would refuse to show must not be issued.
    for (const token of own)
      for (const name of (JSON.parse(token.data) as TokenData).scope.split(' '))
        if (name !== '' && !names.has(name))
          throw new CeilingError(`the scope "${name.slice(0, 100)}" of a token is not among its delegation's`);
    const owner = typeof data['owner'] === 'string' && data['owner'] !== '' ? data['owner'] : this.grant.subject;
    if (owner !== this.grant.subject) throw new CeilingError('the owner of the delegation must be the authenticated subject');
    const view: DelegationView = {
      id,
      clientId: this.token.client.id,
      owner,
      scope,
      ...nonEmpty('claims', data['claims']),
      ...nonEmpty('customClaimValues', data['customClaimValues']),
      ...nonEmpty('data', data['data']),
    };
    const expiresAt = Math.max(this.token.now, ...own.map((token) => token.expiresAt));
    return {
      profile: this.profile,
      id,
      clientId: this.token.client.id,
      owner,
      scope,
      view: JSON.stringify(view),
      createdAt: this.token.now,
      expiresAt,
    };
  }
}

/** Text or a list of names; undefined where the procedure leaves it to the grant. */
function delegationScope(scope: unknown): string | undefined {
  if (scope === undefined || scope === null) return undefined;
  const text: unknown = Array.isArray(scope) ? scope.join(' ') : scope;
  if (typeof text !== 'string') throw new CeilingError('the scope of a delegation must be a string or an array of strings');
  return text;
}

function nonEmpty(name: string, value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0 ? { [name]: value } : {};
}

function delegationData(text: string): Record<string, unknown> {
  const data: unknown = JSON.parse(text);
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new CeilingError('the data of a delegation must be an object');
  return data as Record<string, unknown>;
}

function missing(kind: string): never {
  throw new Error(`the sandbox sent a broken ${kind} effect`);
}
