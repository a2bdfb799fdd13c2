import type { DelegationView, IssuerView } from '../host-calls.ts';
import type { Guest } from '../sandbox.ts';
import type { DelegationViews } from './delegations.ts';
import type { Sha256 } from './digest.ts';
import type { Sha512 } from './digest-512.ts';
import type { JsonTexts } from './json.ts';
import type { OctetCodecs } from './octets.ts';
import type { ViewKinds } from './views.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * Issuers. The data is copied, as JSON, at the call. Opaque tokens and delegations are effects whose values were made
 * beforehand; what is signed is asked of the host.
 */
export function issuerViews(
  guest: Guest,
  json: JsonTexts,
  views: ViewKinds,
  delegations: DelegationViews,
  octets: OctetCodecs,
  sha256: Sha256,
  sha512: Sha512,
) {
  const { parse } = JSON;
  const { base64Encode, utf8Encode } = octets;

  interface TokenIssuer {
    readonly issuer: IssuerView;
    /** Its name in messages. */
    readonly name: string;
    /** The kind of minted value of opaque tokens, and the kind of their effect. */
    readonly purpose: string;
    readonly effect: string;
  }

  /** The text of the token; null of a disabled issuer. */
  function issue({ issuer, name, purpose, effect }: TokenIssuer, data: unknown, delegation: unknown): string | null {
    if (!issuer.enabled) return null;
    const delegationId = delegations.idOf(delegation, `${name}.issue`);
    const text = json.ofData(data, `${name}.issue`);
    if (issuer.kind !== 'opaque') return guest.call('issue', `${issuer.id}\n${delegationId}\n${text}`);
    const { index, value } = guest.mint(purpose);
    guest.effect(effect, `${issuer.id}\n${delegationId}\n${index}\n${text}`);
    return value;
  }

  const TokenIssuers = views.define<TokenIssuer>({
    methods: { issue: (raw, _view, data, delegation) => issue(raw, data, delegation) },
  });

  /** The left half of a hash by the id token's algorithm, as base64url; null for null. OpenID Connect Core section 3.1.3.6. */
  const halfHash =
    (method: string) =>
    ({ issuer, name }: TokenIssuer, _view: object, text: unknown): string | null => {
      if (text === null || text === undefined) return null;
      if (typeof text !== 'string' && !(text instanceof String)) throw new TypeError(`${name}.${method}: expected text`);
      const hash = (issuer.hash === 'sha-512' ? sha512 : sha256)(utf8Encode(String(text)));
      return base64Encode(hash.slice(0, hash.length / 2), true, false);
    };

  const IdTokenIssuers = views.define<TokenIssuer>({
    methods: {
      issue: (raw, _view, data, delegation) => issue(raw, data, delegation),
      atHash: halfHash('atHash'),
      cHash: halfHash('cHash'),
      sHash: halfHash('sHash'),
    },
  });

  interface DelegationIssuer {
    readonly clientId: () => string;
  }

  function requireId(id: unknown, method: string): string {
    if (typeof id === 'string' && id !== '' && id.length <= 200 && !/[^\x21-\x7e]/.test(id)) return id;
    throw new TypeError(
      `delegationIssuer.${method}: expected ${method === 'revoke' ? 'a delegation or its id' : 'the id of a delegation'}`,
    );
  }

  const DelegationIssuers = views.define<DelegationIssuer>({
    methods: {
      issue({ clientId }, _view, data): object {
        const text = json.ofData(data, 'delegationIssuer.issue');
        const { index, value } = guest.mint('delegation');
        guest.effect('delegation', `${index}\n${text}`);
        return delegations.made(value, text, clientId);
      },
      /** A stored delegation of the profile, null when there is none. */
      getById(_raw, _view, id): object | null {
        const view = parse(guest.call('delegation', requireId(id, 'getById'))) as DelegationView | null;
        return view === null ? null : delegations.given(view);
      },
      /** Takes effect when the procedure succeeds. */
      revoke(_raw, _view, delegation): boolean {
        const id = typeof delegation === 'string' ? delegation : delegations.idOf(delegation, 'delegationIssuer.revoke');
        guest.effect('revoke-delegation', requireId(id, 'revoke'));
        return true;
      },
    },
  });

  /** Null where there is no issuer. */
  const tokens =
    (purpose: string, effect: string) =>
    (issuer: IssuerView | null | undefined, name: string): object | null =>
      issuer === null || issuer === undefined ? null : TokenIssuers.make({ issuer, name, purpose, effect });

  return {
    accessTokens: tokens('access_token', 'token'),
    refreshTokens: tokens('refresh_token', 'refresh-token'),
    authorizationCodes: tokens('authorization_code', 'nonce'),
    deviceCodes: tokens('device_code', 'nonce'),
    nonces: tokens('nonce', 'nonce'),
    idTokens: (issuer: IssuerView | null | undefined, name: string): object | null =>
      issuer === null || issuer === undefined ? null : IdTokenIssuers.make({ issuer, name, purpose: 'id_token', effect: 'token' }),
    delegations: (clientId: () => string): object => DelegationIssuers.make({ clientId }),
  };
}

/** What `issuerViews` makes. */
export type IssuerViews = ReturnType<typeof issuerViews>;
