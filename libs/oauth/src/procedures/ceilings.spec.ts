import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { put } from '../configuration/configuration.ts';
import { hostileProcedures } from '../testing/hostile-procedures.ts';
import {
  bound,
  claimsOf,
  clientOf,
  gatewayOf,
  issuerOf,
  ISSUER,
  jsonOf,
  PROFILE,
  profileOf,
  ServiceUnderTest,
} from '../testing/service-builder.ts';
import { aCommit, aDelegation, aToken, making } from '../testing/store-builders.ts';
import { mintOpaqueToken, opaqueTokenKey, tokenId } from '../token/opaque-token.ts';
import { presentedJwt } from '../token/presented-jwt.ts';
import type { TokenKey } from '../stores.ts';
import type { FlowId } from './flows.ts';

/** More of them where time is no matter: `CEILING_RUNS=20000`. */
const RUNS = Number(process.env['CEILING_RUNS'] ?? 200);
const START = Math.floor(Date.now() / 1000);
const AUDIENCE = 'https://api.example';

type Claims = Readonly<Record<string, unknown>>;

/** A profile, its client and its gateway, as an operator could have them. */
const settings = fc.record({
  allowedAudiences: fc.constantFrom(null, [AUDIENCE], [AUDIENCE, 'app']),
  policy: fc.constantFrom(null, null, null, null, 'own' as const, 'audience-or-scope' as const),
  gatewayScopes: fc.subarray(['read', 'write', 'short']),
  clientScopes: fc.subarray(['read', 'write', 'short'], { minLength: 1 }),
  scopes: fc.constantFrom({ read: {}, write: {}, short: { lifetime: 60 } }, { read: {}, write: {}, short: {} }),
  maximumTokenLifetime: fc.constantFrom(300, 3600),
});
type Settings = typeof settings extends fc.Arbitrary<infer T> ? T : never;

/** A token as it may stand in the store, and what became of it. */
const storedTokens = fc.record({
  scope: fc.subarray(['read', 'write', 'short']),
  // More than the token says, as a rule; less where an operator has cut the delegation since.
  granted: fc.constantFrom(['read', 'write', 'short'], ['read', 'write', 'short'], ['read', 'write'], ['read'], []),
  lifetime: fc.integer({ min: 30, max: 3000 }),
  age: fc.integer({ min: 0, max: 100 }),
  cnf: fc.constantFrom(undefined, { jkt: 'bound key' }, { 'x5t#S256': 'hash' }),
  act: fc.constantFrom(undefined, { sub: 'service' }, { sub: 'gateway', act: { sub: 'service' } }),
  audience: fc.constantFrom<unknown>(AUDIENCE, [AUDIENCE, 'gateway'], undefined),
  fate: fc.constantFrom(...Array.from({ length: 12 }, () => 'active'), 'revoked', 'ended', 'expired', 'unknown'),
});
type StoredToken = typeof storedTokens extends fc.Arbitrary<infer T> ? T : never;

function open(given: Settings, flow: FlowId, source: string): Promise<ServiceUnderTest> {
  const { defaults } = profileOf();
  return ServiceUnderTest.open([
    put(
      'profile',
      profileOf({
        allowedAudiences: given.allowedAudiences,
        scopes: given.scopes,
        defaults: { ...defaults, maximumTokenLifetime: given.maximumTokenLifetime },
      }),
    ),
    put('client', clientOf('app', { scopes: given.clientScopes, audiences: given.allowedAudiences ?? [] })),
    put('client', gatewayOf('gateway', { policy: given.policy }, { scopes: given.gatewayScopes })),
    put('token-issuer', issuerOf('jwt', { id: 'brief', isDefault: false, lifetime: 20 })),
    put('token-issuer', issuerOf('jwt', { id: 'free', isDefault: false, allowSubjectChange: true })),
    ...bound(flow, source),
  ]);
}

/** Puts the token into the store, lets its fate happen, and gives its text. */
async function stored(
  world: ServiceUnderTest,
  given: StoredToken,
): Promise<{ readonly text: string; readonly id: string; readonly exp: number; readonly data: Claims }> {
  const issuedAt = world.now - given.age;
  const exp = issuedAt + given.age + given.lifetime;
  const minted = mintOpaqueToken('access_token', exp);
  const delegation = aDelegation(PROFILE, {
    id: 'd1',
    clientId: 'app',
    owner: 'app',
    scope: given.granted.join(' '),
    createdAt: issuedAt,
    expiresAt: exp + 100,
  });
  const view = JSON.stringify({ id: 'd1', clientId: 'app', owner: 'app', scope: given.granted.join(' ') });
  const { cnf, act, audience } = given;
  const data = {
    ...{
      purpose: 'access_token',
      delegationId: 'd1',
      iss: ISSUER,
      sub: 'app',
      scope: given.scope.join(' '),
      iat: issuedAt,
      nbf: issuedAt,
      exp,
    },
    ...(audience === undefined ? {} : { aud: audience }),
    ...(cnf === undefined ? {} : { cnf }),
    ...(act === undefined ? {} : { act }),
  };
  const token = aToken(delegation, { key: minted.key, data: JSON.stringify(data), issuedAt, expiresAt: exp });
  if (given.fate !== 'unknown') await world.stores.tokens.commit([aCommit(making({ ...delegation, view }, token))]);
  if (given.fate === 'revoked') await world.stores.tokens.revokeToken(PROFILE, minted.key, world.now);
  if (given.fate === 'ended') await world.stores.tokens.revokeDelegation(PROFILE, 'd1', world.now);
  if (given.fate === 'expired') world.now = exp + 1;
  return { text: minted.value, id: tokenId(minted.key), exp, data };
}

const namesIn = (scope: unknown): string[] =>
  typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : ['a scope that is no text'];

/** Whether a chain of actors still ends with what was there. RFC 8693 section 4.1. */
function keepsActors(act: unknown, kept: unknown): boolean {
  for (let rest = act; ; rest = (rest as Claims)['act']) {
    if (JSON.stringify(rest) === JSON.stringify(kept)) return true;
    if (typeof rest !== 'object' || rest === null) return false;
  }
}

interface Limits {
  readonly exp: number;
  readonly scopes: ReadonlySet<string>;
  readonly owned: Claims;
  readonly cnf: unknown;
  readonly act: unknown;
  readonly now: number;
}

/** What is wrong with claims that a service sent, as a list of words (PROCEDURE_API 9). */
function violations(claims: Claims, limits: Limits): string[] {
  const found: string[] = [];
  const { exp, scope } = claims;
  if (exp !== undefined && !(typeof exp === 'number' && exp <= limits.exp)) found.push(`exp ${JSON.stringify(exp)} after ${limits.exp}`);
  if (scope !== undefined) for (const name of namesIn(scope)) if (!limits.scopes.has(name)) found.push(`scope ${name}`);
  for (const [name, value] of Object.entries(limits.owned))
    if (claims[name] !== undefined && claims[name] !== value) found.push(`${name} ${JSON.stringify(claims[name])}`);
  if (limits.cnf !== undefined && JSON.stringify(claims['cnf']) !== JSON.stringify(limits.cnf)) found.push('cnf was dropped or changed');
  if (limits.act !== undefined && !keepsActors(claims['act'], limits.act)) found.push('act was dropped or changed');
  return found;
}

/** The row that a JWT names, once the service has verified it at a time at which it holds; `never` when there is none. */
async function keyOf(world: ServiceUnderTest, jwt: string, now: number): Promise<TokenKey | 'never' | null> {
  const { nbf, exp } = claimsOf(jwt);
  const at = Math.max(now, Number(nbf ?? 0));
  if (at >= Number(exp)) return 'never';
  const presented = await presentedJwt(world.snapshot.profiles.get(PROFILE)!, jwt, at);
  return presented === null || presented === 'expired' ? null : presented.key;
}

/** The same of a JWT, which has every claim and goes on without us. */
async function violationsOfJwt(
  world: ServiceUnderTest,
  jwt: string,
  limits: Limits & { readonly scopeEnds: ReadonlyMap<string, number>; readonly id: string | null },
): Promise<string[]> {
  const profile = world.snapshot.profiles.get(PROFILE)!;
  const claims = claimsOf(jwt);
  const header = JSON.parse(Buffer.from(jwt.split('.')[0]!, 'base64url').toString()) as Claims;
  const found = violations(claims, limits);
  if ((await keyOf(world, jwt, limits.now)) === null) found.push('not a token of the service');
  if (header['typ'] === 'wrapped-opaque+jwt') return found.filter((word) => !word.startsWith('cnf') && !word.startsWith('act'));
  const { exp, iat, sub, aud, jti } = claims;
  for (const name of ['exp', 'iat', 'nbf', 'sub', 'scope', 'jti', ...Object.keys(limits.owned)])
    if (!(name in claims)) found.push(`no ${name}`);
  if (limits.cnf === undefined && 'cnf' in claims) found.push('a cnf of its own');
  if (typeof iat !== 'number' || iat > limits.now) found.push('issued in the time to come');
  for (const name of namesIn(claims['scope']))
    if (Number(exp) > (limits.scopeEnds.get(name) ?? Infinity)) found.push(`outlives the scope ${name}`);
  if (sub !== 'app' && !world.sandbox.last('own-').asked.some(({ args }) => args.startsWith('free\n')))
    found.push(`sub ${JSON.stringify(sub)}`);
  const allowed = profile.profile.allowedAudiences;
  for (const one of aud === undefined ? [] : [aud].flat())
    if (allowed !== null && !allowed.includes(one as string)) found.push(`aud ${JSON.stringify(one)}`);
  if (limits.id !== null && !(typeof jti === 'string' && jti.startsWith(`${limits.id}.`))) found.push('jti of another token');
  if (Object.keys(claims).some((name) => name.startsWith('_') && name !== '__proto__')) found.push('an inner member');
  return found;
}

const INTROSPECTION_BASES = [
  'context.presentedToken.data',
  'context.getDefaultAccessTokenData()',
  '{}',
  'context.getDefaultResponseData()',
  '{ sub: "app", scope: "read write short", exp: 9999999999 }',
];

/** What the runs of a property came to: one that only ever met refusals would prove nothing. */
class Tally {
  delivered = 0;
  tokens = 0;

  expectSome(): void {
    expect(this.delivered).toBeGreaterThan(0);
    expect(this.tokens).toBeGreaterThan(0);
  }
}

/** JWTs in a response, wherever the procedure put them. */
const jwtsIn = (text: string): string[] => [...new Set(text.match(/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{20,}/g) ?? [])];

const FORMATS = [
  ['oauth-introspect', 'application/json'],
  ['oauth-introspect', 'application/token-introspection+jwt'],
  ['oauth-introspect-application-jwt', 'application/jwt'],
] as const;

test.each(FORMATS)(
  '%s as %s: no procedure widens a token or wakes a dead one (PROCEDURE_API 9)',
  async (flow, accept) => {
    const tally = new Tally();
    await fc.assert(
      fc.asyncProperty(settings, storedTokens, hostileProcedures(INTROSPECTION_BASES, START), async (given, tokenGiven, source) => {
        const world = await open(given, flow, source);
        const token = await stored(world, tokenGiven);
        const response = await world.introspect(token.text, accept);
        expect([200, 204, 400, 500]).toContain(response.status);
        const body = response.body ?? '';
        const answer = answerOf(response.status, body, accept);
        const { now } = world;
        const live = new Map(
          tokenGiven.granted.map((name) => [name, Number(token.data['iat']) + (scopeLifetime(given, name) ?? Infinity)]),
        );
        const limits: Limits = {
          ...{ exp: token.exp, cnf: tokenGiven.cnf, act: tokenGiven.act, now },
          scopes: new Set([...live].filter(([, end]) => end > now).map(([name]) => name)),
          owned: { iss: ISSUER, client_id: 'app', delegationId: 'd1', purpose: 'access_token' },
        };
        const found: string[] = [];
        if (tokenGiven.fate !== 'active') {
          if (answer !== null && JSON.stringify(answer) !== '{"active":false}') found.push(`a dead token became ${body}`);
          if (jwtsIn(body).length > (accept === 'application/token-introspection+jwt' ? 1 : 0)) found.push('a JWT for a dead token');
        } else if (answer?.['active'] === true) {
          found.push(...violations(answer, { ...limits, owned: { ...limits.owned, jti: token.id } }));
          if (Array.isArray(answer)) found.push('an array');
        }
        if (response.status === 200 && tokenGiven.fate === 'active') tally.delivered++;
        for (const jwt of jwtsIn(answer === null ? body : JSON.stringify(answer))) {
          tally.tokens++;
          found.push(...(await violationsOfJwt(world, jwt, { ...limits, scopeEnds: live, id: token.id })));
        }
        expect(found).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    tally.expectSome();
  },
  600_000,
);

/** The members of an introspection response; null where there are none. */
function answerOf(status: number, body: string, accept: string): Claims | null {
  if (status !== 200 || accept === 'application/jwt') return null;
  return accept === 'application/json' ? (JSON.parse(body) as Claims) : (claimsOf(body)['token_introspection'] as Claims);
}

function scopeLifetime(given: Settings, name: string): number | undefined {
  return (given.scopes as Readonly<Record<string, { readonly lifetime?: number }>>)[name]?.lifetime;
}

const TOKEN_BASES = [
  'context.getDefaultAccessTokenData()',
  'context.getDefaultAccessTokenData()',
  '{}',
  'context.getDefaultDelegationData()',
];

test('oauth-token-client-credentials: no procedure issues more than was granted, and what fails issues nothing (PROCEDURE_API 9)', async () => {
  const tally = new Tally();
  await fc.assert(
    fc.asyncProperty(
      settings,
      fc.subarray(['read', 'write', 'short']),
      hostileProcedures(TOKEN_BASES, START),
      async (given, asked, source) => {
        const world = await open(given, 'oauth-token-client-credentials', source);
        const { now } = world;
        const scope = asked.filter((name) => given.clientScopes.includes(name));
        const response = await world.tokenRequest({ scope: scope.join(' ') });
        const granted = new Set(scope.length === 0 ? given.clientScopes : scope);
        const rows = await world.stores.tokens.listTokens({ profile: PROFILE }, { limit: 100 });
        const found: string[] = [];
        if (response.status === 200) tally.delivered++;
        tally.tokens += rows.items.length;
        if (response.status !== 200) expect(rows.items).toEqual([]);
        else if (Array.isArray(JSON.parse(response.body ?? ''))) found.push('an array');
        const limits = { ...{ exp: now + given.maximumTokenLifetime, cnf: undefined, act: undefined, now }, scopes: granted };
        const scopeEnds = new Map([...granted].map((name) => [name, now + (scopeLifetime(given, name) ?? Infinity)]));
        for (const row of rows.items) {
          const data = JSON.parse(row.data) as Claims;
          const delegation = (await world.stores.tokens.findDelegation(PROFILE, row.delegationId))!;
          found.push(...violations(data, { ...limits, owned: { iss: ISSUER, delegationId: row.delegationId, purpose: 'access_token' } }));
          if (row.clientId !== 'app' || delegation.owner !== 'app' || delegation.clientId !== 'app') found.push('a token of somebody else');
          if (row.expiresAt !== data['exp'] || row.subject !== data['sub']) found.push('a row that says something else than its data');
          for (const name of namesIn(data['scope']))
            if (!namesIn(delegation.scope).includes(name)) found.push(`more than its delegation: ${name}`);
          for (const name of namesIn(delegation.scope)) if (!granted.has(name)) found.push(`a delegation with ${name}`);
          if ('cnf' in data || 'jti' in data || 'client_id' in data) found.push('an owned claim');
        }
        if (response.status === 200)
          for (const jwt of jwtsIn(response.body ?? '')) {
            const claims = claimsOf(jwt);
            const owned = claims['ref'] === undefined ? { iss: ISSUER, purpose: 'access_token', client_id: 'app' } : { iss: ISSUER };
            found.push(...(await violationsOfJwt(world, jwt, { ...limits, owned, scopeEnds, id: null })));
            // What was handed out is in the store, and can be revoked.
            const key = await keyOf(world, jwt, now);
            if (key !== 'never' && (key === null || (await world.stores.tokens.find([key]))[0] === null))
              found.push('a token without a row');
          }
        expect(found).toEqual([]);
      },
    ),
    { numRuns: RUNS },
  );
  tally.expectSome();
}, 600_000);

test('oauth-revoke: a procedure can do nothing for a revoked token, whatever it tries (RFC 7009; PROCEDURE_API 2)', async () => {
  await fc.assert(
    fc.asyncProperty(settings, hostileProcedures(['context', 'context.client', '{}'], START), async (given, source) => {
      const world = await open({ ...given, policy: null }, 'oauth-revoke', source);
      const token = await world.token();
      const before = await world.stores.tokens.listTokens({ profile: PROFILE }, { limit: 100 });
      expect(await world.revoke(token)).toMatchObject({ status: 200, body: null });
      const after = await world.stores.tokens.listTokens({ profile: PROFILE }, { limit: 100 });
      expect(after.items.map(({ id }) => id)).toEqual(before.items.map(({ id }) => id));
      const [row] = await world.stores.tokens.find([opaqueTokenKey(token)!]);
      expect(row?.revokedAt).not.toBeNull();
      expect(jsonOf(await world.introspect(token))).toEqual({ active: false });
    }),
    { numRuns: Math.ceil(RUNS / 3) },
  );
}, 600_000);
