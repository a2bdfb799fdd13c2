import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { put } from '../configuration/configuration.ts';
import { LEAKING_PROCEDURES, SECRETS, WAYS } from '../testing/leaking-procedures.ts';
import { RecordedServices } from '../testing/recorded-services.ts';
import { tracesOf } from '../testing/secret-traces.ts';
import { bound, PROFILE, ServiceUnderTest } from '../testing/service-builder.ts';
import { anHttpClient } from '../testing/store-builders.ts';
import type { OAuthResponse } from '../transport/exchange.ts';
import type { FlowId } from './flows.ts';
import { HostServiceError, type OutgoingRequest, type OutgoingResponse } from './host-services.ts';

/** More of them where time is no matter: `CEILING_RUNS=20000`. The ceilings of tokens are in `ceilings.spec.ts`. */
const RUNS = Number(process.env['CEILING_RUNS'] ?? 200);

/** The other side: it repeats what it was sent, and what goes wrong with it is said with the whole URL. */
async function respond({ url, body }: OutgoingRequest): Promise<OutgoingResponse> {
  if (url.includes('/fails/')) throw new HostServiceError('unreachable', `no connection for ${url}, tried as ${decodeURI(url)}`);
  if (url.includes('/breaks/')) throw new Error(`broken at ${decodeURIComponent(url)}`);
  return { statusCode: 200, headers: {}, body: body ?? '' };
}

interface Opened {
  readonly world: ServiceUnderTest;
  readonly services: RecordedServices;
  /** What was to be stored, whole. */
  readonly committed: unknown[];
}

async function open(secret: string, flow: FlowId, source: string): Promise<Opened> {
  const services = new RecordedServices();
  services.respond = respond;
  services.payload = async () => Promise.reject(new HostServiceError('invalid', 'the JWT is refused: the signature is wrong'));
  const world = await ServiceUnderTest.open([], ['ES256'], 'default', services);
  const sealedValue = await world.sealer.sealText(secret);
  await world.change(
    put('secret', { profile: PROFILE, id: 'api', sealedValue, createdAt: 0, updatedAt: 0, origin: 'api' }),
    put('bucket', { profile: PROFILE, id: 'visits', description: '', origin: 'api' }),
    put('http-client', anHttpClient(PROFILE, { id: 'partner', allowedHosts: ['api.example'], credentials: null })),
    ...bound(flow, source).map((change) =>
      change.kind === 'procedure-version' && change.value !== null
        ? put('procedure-version', { ...change.value, secrets: ['api'] })
        : change,
    ),
  );
  const committed: unknown[] = [];
  const { tokens } = world.stores;
  const commit = tokens.commit.bind(tokens);
  tokens.commit = (commits) => {
    committed.push(commits);
    return commit(commits);
  };
  return { world, services, committed };
}

/** Everything that a run gives to callers, operators and stores, by where it goes. */
async function whatLeft({ world, services, committed }: Opened, response: OAuthResponse): Promise<Record<string, readonly string[]>> {
  return {
    'the response': [response.body ?? '', ...response.headers],
    'the log': world.log.flatMap(({ message, fields }) => [message, JSON.stringify(fields)]),
    'the faults': [JSON.stringify(world.service.executions.faults)],
    'the store': [JSON.stringify(committed), ...storedTexts(committed)],
    'the cache': [...services.kept].flat(),
    'the audit trail': [JSON.stringify(await world.stores.audit.list({ limit: 100 }))],
  };
}

/** Texts within what was to be stored: JSON in members, as it will be read again. */
function storedTexts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) ? Object.values(value).flatMap(storedTexts) : [];
}

/** What the runs of a property came to: one that only ever met refusals, or never any, would prove nothing. */
class Tally {
  delivered = 0;
  refused = 0;
  masked = 0;
  readonly ways = new Set<string>();

  expectSome(): void {
    expect(this.delivered).toBeGreaterThan(0);
    expect(this.refused).toBeGreaterThan(0);
    expect(this.masked).toBeGreaterThan(0);
    expect([...this.ways].sort()).toEqual(Object.keys(WAYS).sort());
  }
}

const FLOWS: readonly (readonly [flow: FlowId, as: string, accept: string])[] = [
  ['oauth-token-client-credentials', 'JSON', ''],
  ['oauth-introspect', 'JSON', 'application/json'],
  ['oauth-introspect', 'a signed JWT', 'application/token-introspection+jwt'],
  ['oauth-introspect-application-jwt', 'a phantom token', 'application/jwt'],
  ['oauth-revoke', 'nothing', ''],
];

async function answered(world: ServiceUnderTest, flow: FlowId, accept: string, token: string): Promise<OAuthResponse> {
  if (flow === 'oauth-token-client-credentials') return world.tokenRequest();
  return flow === 'oauth-revoke' ? world.revoke(token) : world.introspect(token, accept);
}

test.each(FLOWS)(
  '%s, answered by %s: no secret that a procedure has read leaves plain, as base64 or hexadecimal (PROCEDURE_API 9)',
  async (flow, _as, accept) => {
    const tally = new Tally();
    await fc.assert(
      fc.asyncProperty(SECRETS, LEAKING_PROCEDURES, async (secret, { source, ways }) => {
        const opened = await open(secret, flow, source);
        const { world } = opened;
        const token = flow === 'oauth-token-client-credentials' ? '' : await world.token();
        world.log.length = 0;
        const response = await answered(world, flow, accept, token);
        const found: string[] = [];
        for (const [where, texts] of Object.entries(await whatLeft(opened, response)))
          for (const text of texts) for (const form of tracesOf(secret, text)) found.push(`${form} in ${where}: ${text.slice(0, 300)}`);
        expect(found).toEqual([]);
        // It was read: else there was nothing to look for.
        expect(world.sandbox.last('own-').asked).toContainEqual({ kind: 'secret', args: 'api' });
        if (response.status < 300) tally.delivered++;
        const [fault] = world.service.executions.faults;
        if (fault?.message.includes('the secret "api"') === true) tally.refused++;
        if (world.log.some(({ message }) => message.includes('[secret]'))) tally.masked++;
        for (const way of ways) tally.ways.add(way);
      }),
      { numRuns: RUNS },
    );
    tally.expectSome();
  },
  600_000,
);

test.each([
  ['plain', 'abc p@ss word-1 abc'],
  ['plain', JSON.stringify({ a: [{ 'p@ss word-1': 1 }] })],
  ['base64', `x${Buffer.from('u:p@ss word-1').toString('base64')}`],
  ['base64', JSON.stringify({ jwt: Buffer.from('1p@ss word-12').toString('base64url') })],
  ['hexadecimal', `0${Buffer.from('p@ss word-1').toString('hex').toUpperCase()}`],
  ['plain', `{"jwt":"eyJhIjoxfQ.${Buffer.from(JSON.stringify({ s: 'p@ss word-1' })).toString('base64url')}.x"}`],
])('a trace is seen: %s in %s', (form, text) => {
  expect(tracesOf('p@ss word-1', text)).toContain(form);
  expect(tracesOf('p@ss word-2', text)).toEqual([]);
});
