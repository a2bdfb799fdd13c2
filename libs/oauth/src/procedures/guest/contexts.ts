import type { ContextSection, ContextText, DelegationView, IssuerView } from '../host-calls.ts';
import type { Guest } from '../sandbox.ts';
import type { Buckets } from './buckets.ts';
import type { DelegationViews } from './delegations.ts';
import type { ExchangeViews } from './exchange-views.ts';
import type { IssuerViews } from './issuers.ts';
import type { OwnMembers } from './members.ts';
import type { Registrations } from './registrations.ts';
import type { PresentedTokens } from './presented-tokens.ts';
import type { RunStates } from './run-state.ts';
import type { JavaShapes } from './shapes.ts';
import type { TokenExchange } from './token-exchange.ts';
import type { Once, Read, ViewKind, ViewKinds, ViewShape } from './views.ts';
import type { WebServices } from './web-services.ts';

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
  presented: PresentedTokens,
  tokenExchange: TokenExchange,
  webService: WebServices,
  bucket: Buckets,
  registering: Registrations,
  dressed: boolean,
) {
  const { freeze, keys } = Object;
  const { parse } = JSON;

  type Raw = { -readonly [K in keyof ContextText]: ContextText[K] };
  type MemberReads = Record<string, Read<Raw> | Once<Raw>>;
  type Methods = NonNullable<ViewShape<Raw>['methods']>;

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
  const allTokenIssuers: MemberReads = {
    accessTokenIssuer,
    defaultAccessTokenJwtIssuer: jwtIssuer,
    delegationIssuer,
    refreshTokenIssuer: { once: (raw) => issuers.refreshTokens(issuersOf(raw).refresh, 'refreshTokenIssuer') },
    idTokenIssuer: { once: (raw) => issuers.idTokens(issuersOf(raw).idToken, 'idTokenIssuer') },
    authorizationCodeIssuer: { once: (raw) => issuers.authorizationCodes(issuersOf(raw).authorizationCode, 'authorizationCodeIssuer') },
    deviceCodeNonceIssuer: { once: (raw) => issuers.deviceCodes(issuersOf(raw).deviceCode, 'deviceCodeNonceIssuer') },
  };
  const allDefaultData: MemberReads = {
    defaultAccessTokenData,
    defaultRefreshTokenData: defaultData('refreshToken'),
    defaultIdTokenData: defaultData('idToken'),
    defaultDelegationData: defaultData('delegation'),
    defaultAuthorizationCodeData: defaultData('authorizationCode'),
    defaultDeviceCodeData: defaultData('deviceCode'),
    defaultResponseData: defaultData('response'),
  };

  // ---------------------------------------------------------------- what another flow has

  const nothing: Read<Raw> = () => null;
  const withoutNames = (reads: MemberReads, names: readonly string[]): MemberReads => {
    const left = { ...reads };
    for (const name of names) delete left[name];
    return left;
  };
  const absent = (name: string) => (): never => {
    throw runs.notAvailable(name);
  };
  const ofOtherFlows: MemberReads = {};
  for (const name of [
    ...['presentedToken', 'presentedNonce', 'delegation', 'accountAttributes', 'providedState', 'issuer', 'sessionState'],
    ...['presentedSubjectToken', 'presentedSubjectTokenDelegation', 'presentedActorTokenDelegation', 'requestedTokenType'],
    ...['subjectTokenType', 'subjectTokenValue', 'actorTokenType'],
    ...['requestId', 'requestPage', 'requestLifetime', 'bindingMessage'],
  ]) {
    ofOtherFlows[name] = nothing;
  }
  // Collections are never null.
  for (const name of ['requestedScopes', 'requestedAudiences', 'acrValues']) ofOtherFlows[name] = () => freeze(shapes.set([]));
  const noIssuers: MemberReads = {};
  for (const name of keys(allTokenIssuers)) noIssuers[name] = nothing;
  const noDefaultData: MemberReads = {};
  for (const name of keys(allDefaultData)) noDefaultData[name] = nothing;

  const methodsOfOtherFlows: Methods = {
    getInitializedContext: absent('getInitializedContext'),
    getPresentedActorToken: absent('getPresentedActorToken'),
    getNonceTokenIssuer: absent('getNonceTokenIssuer'),
    getWebServiceClient: (_raw, _view, id, uri) => webService(id, uri),
    getBucket: (_raw, _view, id) => bucket(id),
  };

  // ---------------------------------------------------------------- token contexts

  const attributeMethods: Methods = {
    subjectAttributes: (raw) => attributes(raw, 'subjectAttributes'),
    contextAttributes: (raw) => attributes(raw, 'contextAttributes'),
  };

  function tokenContext(own: MemberReads, methods: Methods = {}) {
    const services = withoutNames({ ...ofOtherFlows, response: responseOf, ...allDefaultData, ...allTokenIssuers }, keys(own));
    return views.define<Raw>({
      data: { client: clientOf, request: requestOf, scopeNames, ...own },
      services,
      methods: {
        ...methodsOfOtherFlows,
        ...attributeMethods,
        getDefaultAccessTokenData(raw, view, delegation) {
          delegations.idOf(delegation, 'getDefaultAccessTokenData');
          return defaultAccessTokenData(raw, view);
        },
        getAccessTokenIssuer(raw, view, id) {
          if (id === undefined) return (view as { readonly accessTokenIssuer: unknown }).accessTokenIssuer;
          const issuer = allIssuers(raw).find((each) => each !== null && each.id === id);
          return issuers.accessTokens(issuer, `getAccessTokenIssuer("${String(id)}")`);
        },
        getNonceTokenIssuer(raw, _view, id) {
          const issuer = issuersOf(raw).nonces?.find((each) => each.id === id);
          return issuers.nonces(issuer, `getNonceTokenIssuer("${String(id)}")`);
        },
        ...methods,
      },
    });
  }

  /** The same map during a run; scripts change it and hand it on. */
  function attributes(raw: Raw, name: 'subjectAttributes' | 'contextAttributes'): object {
    const known = section<Record<string, unknown>>(raw, name);
    return dressed && !shapes.isDressed(known) ? shapes.dress(known) : known;
  }

  // ---------------------------------------------------------------- the flows

  const { presentedNonce, presentedToken } = presented;
  const text =
    (name: 'providedState' | 'issuer' | 'sessionState'): Read<Raw> =>
    (raw) =>
      raw[name] ?? null;

  /** Kinds are made for the flow that runs and for no other: a realm has one program. */
  const lazily = (make: () => ViewKind<Raw>): (() => ViewKind<Raw>) => {
    let made: ViewKind<Raw> | undefined;
    return () => (made ??= make());
  };

  const tokens = lazily(() => tokenContext({}));
  /** Introspection, refresh and the older exchange: something hangs from a delegation already. */
  const presenting = lazily(() => tokenContext({ presentedToken, delegation: delegationOf }));
  const redeeming = lazily(() => tokenContext({ presentedNonce, delegation: delegationOf }));
  const authorizing = lazily(() =>
    tokenContext({ providedState: text('providedState'), issuer: text('issuer'), sessionState: text('sessionState') }),
  );
  const accountAttributes: Once<Raw> = { once: (raw) => dress(raw.accountAttributes ?? {}) };
  const userinfo = lazily(() => tokenContext({ presentedToken, delegation: delegationOf, accountAttributes }));

  const asked =
    (name: 'id' | 'page' | 'lifetime' | 'bindingMessage'): Read<Raw> =>
    (raw) =>
      raw.authenticationRequest?.[name] ?? null;
  /** Somebody is to be asked: there is nothing yet that anything could be issued for. */
  const asking = lazily(() =>
    tokenContext({
      ...{ accountAttributes, requestId: asked('id'), requestPage: asked('page'), requestLifetime: asked('lifetime') },
      bindingMessage: asked('bindingMessage'),
      acrValues: { once: (raw) => freeze(shapes.list([...(raw.authenticationRequest?.acrValues ?? [])])) },
    }),
  );

  const actorToken: Methods = { getPresentedActorToken: tokenExchange.presentedActorToken };
  const exchanged = lazily(() => tokenContext({ ...tokenExchange.shown, delegation: delegationOf }, actorToken));
  /** The first phase: nothing can be issued before it is known for whom, for what audiences and with which scopes. */
  const exchanging = lazily(() =>
    views.define<Raw>({
      data: { client: clientOf, request: requestOf, ...tokenExchange.shown },
      services: {
        ...withoutNames(ofOtherFlows, keys(tokenExchange.shown)),
        ...noIssuers,
        ...noDefaultData,
        scopeNames,
        response: responseOf,
      },
      methods: {
        ...methodsOfOtherFlows,
        ...attributeMethods,
        ...actorToken,
        getInitializedContext: (raw, _view, subject, context, audiences, scopes) =>
          exchanged().make(tokenExchange.initialized(raw, subject, context, audiences, scopes)),
      },
    }),
  );

  const revoked =
    (name: 'tokenTypeHint' | 'clientId' | 'purpose' | 'subject' | 'delegationId'): Read<Raw> =>
    (raw) =>
      raw.revocation?.[name] ?? null;

  /** Sees and changes nothing. */
  const revocation = lazily(() =>
    views.define<Raw>({
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
        ...noIssuers,
        response: nothing,
      },
      methods: methodsOfOtherFlows,
    }),
  );

  const ofRegistration =
    (name: 'operation' | 'template' | 'registeredBy'): Read<Raw> =>
    (raw) =>
      raw.registration?.[name] ?? null;
  const registration: MemberReads = {
    request: requestOf,
    operation: ofRegistration('operation'),
    template: ofRegistration('template'),
    registeredBy: ofRegistration('registeredBy'),
    softwareStatement: { once: (raw) => dress(raw.registration?.softwareStatement ?? null) },
  };
  const registrationServices = { ...ofOtherFlows, ...noIssuers, response: responseOf };
  /** Before a registration is judged: there may be no client yet. */
  const beforeRegistration = lazily(() =>
    views.define<Raw>({
      data: {
        ...registration,
        client: {
          once: (raw) => {
            const view = section<Parameters<typeof exchange.client>[0] | null>(raw, 'client');
            return view === null ? null : exchange.client(view);
          },
        },
        metadata: { once: (raw) => dress(raw.registration?.metadata ?? {}) },
      },
      services: registrationServices,
      methods: {
        ...methodsOfOtherFlows,
        removeMetadata: (_raw, _view, name) => {
          registering.removeMetadata(name);
        },
        setClientProperty: (_raw, _view, name, value) => {
          registering.setClientProperty(name, value);
        },
      },
    }),
  );
  /** Once it is known what is registered, and before it is. */
  const afterRegistration = lazily(() =>
    views.define<Raw>({
      data: { ...registration, client: clientOf, responseFields: { once: (raw) => dress(raw.registration?.metadata ?? {}) } },
      services: registrationServices,
      methods: {
        ...methodsOfOtherFlows,
        setClientProperty: (_raw, _view, name, value) => {
          registering.setClientProperty(name, value);
        },
      },
    }),
  );

  /** Flows without a line here have what every token context has. */
  const kinds: Readonly<Record<string, () => ViewKind<Raw>>> = {
    'oauth-introspect': presenting,
    'oauth-introspect-application-jwt': presenting,
    'oauth-forward-auth': presenting,
    'oauth-token-validation': presenting,
    'oauth-token-authorization-code': redeeming,
    'oauth-token-device-code': redeeming,
    'oauth-token-backchannel-authentication': redeeming,
    'oauth-token-refresh': presenting,
    'oauth-token-oauth-token-exchange': exchanging,
    'oauth-token-token-exchange': presenting,
    'oauth-authorize-authorization-code': authorizing,
    'oauth-authorize-implicit': authorizing,
    'openid-authorize-hybrid': authorizing,
    'oauth-backchannel-authentication': asking,
    'openid-userinfo': userinfo,
    'oauth-revoke': revocation,
    'oauth-dynamic-client-registration-pre-processing': beforeRegistration,
    'oauth-dynamic-client-registration-post-processing': afterRegistration,
  };

  return function context(parsed: ContextText, flow: string): object {
    return (kinds[flow] ?? tokens)().make(parsed);
  };
}
