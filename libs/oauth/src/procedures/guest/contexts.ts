import type { ContextSection, ContextText, DelegationView, IssuerView, PresentedTokenView } from '../host-calls.ts';
import type { Guest } from '../sandbox.ts';
import type { DelegationViews } from './delegations.ts';
import type { ExchangeViews } from './exchange-views.ts';
import type { IssuerViews } from './issuers.ts';
import type { OwnMembers } from './members.ts';
import type { RunStates } from './run-state.ts';
import type { JavaShapes } from './shapes.ts';
import type { Once, Read, ViewKinds, ViewShape } from './views.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * The argument of `result`: one kind of view per family of flows over the parsed context text. Every member is made when
 * it is first read; sections the host left out are fetched then.
 */
export function contextViews(
  guest: Guest,
  runs: RunStates,
  members: OwnMembers,
  shapes: JavaShapes,
  views: ViewKinds,
  exchange: ExchangeViews,
  delegations: DelegationViews,
  issuers: IssuerViews,
  dressed: boolean,
) {
  const { freeze, keys } = Object;
  const { parse } = JSON;

  type Raw = { -readonly [K in keyof ContextText]: ContextText[K] };
  type MemberReads = Record<string, Read<Raw> | Once<Raw>>;

  const dress = <T>(value: T): T => (dressed ? shapes.dress(value) : value);

  /** A member of the context that the host may have left out. */
  function section<T>(raw: Raw, name: ContextSection): T {
    const sections = raw as Record<string, unknown>;
    if (sections[name] === undefined) sections[name] = parse(guest.call('section', name));
    return sections[name] as T;
  }

  // ---------------------------------------------------------------- members of every context

  const clientOf: Once<Raw> = { once: (raw) => exchange.client(section(raw, 'client')) };
  const requestOf: Once<Raw> = { once: (raw) => exchange.request(section(raw, 'request')) };
  const responseOf: Once<Raw> = { once: () => exchange.response() };
  const clientIdOf = (raw: Raw) => () => section<{ readonly id: string }>(raw, 'client').id;

  const scopeNames: Once<Raw> = {
    once: (raw) => {
      const scope = raw.presentedToken?.data['scope'];
      return freeze(shapes.set((raw.scopeNames ?? members.elementsOf(scope, ' ')) as string[]));
    },
  };

  const delegationOf: Once<Raw> = {
    once: (raw) => {
      const view = section<DelegationView | null>(raw, 'delegation');
      return view === null ? null : delegations.given(view);
    },
  };

  // ---------------------------------------------------------------- default data and issuers

  /** A fresh mutable copy at each reading; null where the flow has none. */
  const defaultData =
    (kind: string): Read<Raw> =>
    (raw) => {
      const all = section<Readonly<Record<string, unknown>> | null>(raw, 'defaults') ?? {};
      return dress(members.copyOf(all[kind] ?? null));
    };
  const defaultAccessTokenData = defaultData('accessToken');

  const issuersOf = (raw: Raw) => section<NonNullable<ContextText['issuers']>>(raw, 'issuers');
  const allIssuers = (raw: Raw): readonly (IssuerView | null)[] => {
    const { access, jwt, named } = issuersOf(raw);
    return [...(named ?? []), access, jwt];
  };

  const accessTokenIssuer: Once<Raw> = { once: (raw) => issuers.accessTokens(issuersOf(raw).access, 'accessTokenIssuer') };
  const jwtIssuer: Once<Raw> = { once: (raw) => issuers.accessTokens(issuersOf(raw).jwt, 'defaultAccessTokenJwtIssuer') };
  const delegationIssuer: Once<Raw> = { once: (raw) => issuers.delegations(clientIdOf(raw)) };

  // ---------------------------------------------------------------- what another flow has

  const nothing: Read<Raw> = () => null;
  const absent = (name: string) => (): never => {
    throw runs.notAvailable(name);
  };
  const ofOtherFlows: MemberReads = {};
  for (const name of [
    ...['presentedToken', 'presentedNonce', 'delegation', 'accountAttributes', 'providedState', 'issuer', 'sessionState'],
    ...['presentedSubjectToken', 'presentedSubjectTokenDelegation', 'presentedActorTokenDelegation', 'requestedTokenType'],
    ...['subjectTokenType', 'subjectTokenValue', 'actorTokenType'],
    ...['refreshTokenIssuer', 'idTokenIssuer', 'authorizationCodeIssuer', 'deviceCodeNonceIssuer'],
  ]) {
    ofOtherFlows[name] = nothing;
  }
  // Collections are never null.
  for (const name of ['requestedScopes', 'requestedAudiences']) ofOtherFlows[name] = () => freeze(shapes.set([]));

  const methodsOfOtherFlows: NonNullable<ViewShape<Raw>['methods']> = {
    getInitializedContext: absent('getInitializedContext'),
    getPresentedActorToken: absent('getPresentedActorToken'),
    getNonceTokenIssuer: absent('getNonceTokenIssuer'),
    getWebServiceClient: absent('getWebServiceClient'),
    getBucket: absent('getBucket'),
  };

  // ---------------------------------------------------------------- token contexts

  function tokenContext(own: MemberReads) {
    const services: MemberReads = {
      ...ofOtherFlows,
      response: responseOf,
      defaultAccessTokenData,
      defaultRefreshTokenData: defaultData('refreshToken'),
      defaultIdTokenData: defaultData('idToken'),
      defaultDelegationData: defaultData('delegation'),
      defaultAuthorizationCodeData: defaultData('authorizationCode'),
      defaultDeviceCodeData: defaultData('deviceCode'),
      defaultResponseData: defaultData('response'),
      accessTokenIssuer,
      defaultAccessTokenJwtIssuer: jwtIssuer,
      delegationIssuer,
    };
    for (const name of keys(own)) delete services[name];
    return views.define<Raw>({
      data: { client: clientOf, request: requestOf, scopeNames, ...own },
      services,
      methods: {
        ...methodsOfOtherFlows,
        subjectAttributes: (raw) => attributes(raw, 'subjectAttributes'),
        contextAttributes: (raw) => attributes(raw, 'contextAttributes'),
        getDefaultAccessTokenData(raw, view, delegation) {
          delegations.idOf(delegation, 'getDefaultAccessTokenData');
          return defaultAccessTokenData(raw, view);
        },
        getAccessTokenIssuer(raw, view, id) {
          if (id === undefined) return (view as { readonly accessTokenIssuer: unknown }).accessTokenIssuer;
          const issuer = allIssuers(raw).find((each) => each !== null && each.id === id);
          return issuers.accessTokens(issuer, `getAccessTokenIssuer("${String(id)}")`);
        },
      },
    });
  }

  /** The same map during a run; scripts change it and hand it on. */
  function attributes(raw: Raw, name: 'subjectAttributes' | 'contextAttributes'): object {
    const known = section<Record<string, unknown>>(raw, name);
    return dressed && !shapes.isDressed(known) ? shapes.dress(known) : known;
  }

  // ---------------------------------------------------------------- the presented token

  interface Presented {
    readonly token: PresentedTokenView;
    readonly context: object;
    readonly subject: unknown;
    readonly expiresAt: unknown;
    readonly issuedAt: unknown;
    readonly notBefore: unknown;
  }

  const PresentedToken = views.define<Presented>({
    data: {
      active: ({ token }) => token.active,
      type: ({ token }) => token.type,
      // The map itself, for this run's own changes: scripts pass it on to an issuer.
      data: { once: ({ token }) => dress(token.data) },
      subject: ({ subject }) => subject,
      expiresAt: ({ expiresAt }) => expiresAt,
      issuedAt: ({ issuedAt }) => issuedAt,
      notBefore: ({ notBefore }) => notBefore,
      expiredScopes: { once: ({ token }) => freeze(shapes.set(token.expiredScopes as string[])) },
      tokenClaimNames: { once: ({ token }) => freeze(shapes.set(keys(token.data))) },
    },
    services: {
      value: ({ token }) => token.value,
      delegation: ({ context }) => (context as { readonly delegation: unknown }).delegation,
    },
    booleans: ['active'],
  });

  const presentedToken: Once<Raw> = {
    once: ({ presentedToken: token }, context) => {
      if (token === undefined) return null;
      const { sub = null, exp = null, iat = null, nbf = null } = token.data;
      return PresentedToken.make({ token, context, subject: sub, expiresAt: exp, issuedAt: iat, notBefore: nbf });
    },
  };

  // ---------------------------------------------------------------- the flows

  const Introspection = tokenContext({ presentedToken, delegation: delegationOf });
  const Token = tokenContext({});

  const revoked =
    (name: 'tokenTypeHint' | 'clientId' | 'purpose' | 'subject' | 'delegationId'): Read<Raw> =>
    (raw) =>
      raw.revocation?.[name] ?? null;

  /** Sees and changes nothing. */
  const Revocation = views.define<Raw>({
    data: {
      client: clientOf,
      request: requestOf,
      tokenTypeHint: revoked('tokenTypeHint'),
      revokedTokenClientId: revoked('clientId'),
      revokedTokenPurpose: revoked('purpose'),
      revokedTokenSubject: revoked('subject'),
      revokedDelegationId: revoked('delegationId'),
    },
    services: {
      ...ofOtherFlows,
      response: nothing,
      accessTokenIssuer: nothing,
      defaultAccessTokenJwtIssuer: nothing,
      delegationIssuer: nothing,
    },
    methods: methodsOfOtherFlows,
  });

  return function context(parsed: ContextText, flow: string): object {
    const raw = parsed as Raw;
    if (flow === 'oauth-introspect' || flow === 'oauth-introspect-application-jwt') return Introspection.make(raw);
    return flow === 'oauth-revoke' ? Revocation.make(raw) : Token.make(raw);
  };
}
