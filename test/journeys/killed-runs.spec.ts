import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openHostServices } from '#libs/host-services';
import {
  OAuthService,
  preludeSource,
  put,
  type HostServices,
  type OAuthResponse,
  type Sandbox,
  type Stores,
  type TokenRecord,
} from '#libs/oauth';
import { openStores } from '#libs/persistence';
import { openSandbox } from '#libs/sandbox';
import {
  aRequest,
  bound,
  claimsOf,
  INTROSPECTION,
  jsonOf,
  PROFILE,
  SECRET,
  ServiceUnderTest,
  TOKEN,
  type LoggedLine,
} from '../../libs/oauth/src/testing/service-builder.ts';
import { anHttpClient } from '../../libs/oauth/src/testing/store-builders.ts';
import { CountingServer } from '../support/counting-server.ts';
import { pause } from '../support/wire-service.ts';

/** SANDBOX 5.7 over everything that is real: executor, sandbox processes, HTTP clients, a server, an SQLite database. */

const CALLS = 4;
/** At least. */
const RUNS = 240;
const KILLS = { main: 40, spare: 16, diagnostic: 16 } as const;
type Role = keyof typeof KILLS;

/** How a run is to end. `lonely` calls nothing; `broken` and `refused` handle calls that fail. */
const KINDS = ['issues', 'issues', 'broken', 'refused', 'lonely', 'rejects', 'fails', 'introspects'] as const;
type Kind = (typeof KINDS)[number];

/** Calls that depend on each other, a log line for each answer, and a bucket entry. `URL` is the server's. */
const COMMON = `
function run(context, name, kind) {
  var client = context.getWebServiceClient('partner', URL), heard = [], calls = kind === 'lonely' ? 0 : ${CALLS};
  for (var i = 0; i < calls; i++) {
    var path = '/' + name + '/' + i;
    heard.push(i % 2 === 0 ? client.get({ path: path, query: { after: heard } }).body : client.post({ path: path, body: { after: heard[i - 1] } }).body);
    logger.info('{} heard {}', name, heard[i]);
  }
  if (kind === 'broken') { try { client.post({ path: '/' + name + '/reset', body: 'x' }); } catch (failed) { heard.push(failed.code); } }
  if (kind === 'refused') heard.push('' + client.get('/' + name + '/refused').statusCode);
  context.getBucket('runs').storeAttributes(name, 'heard', { heard: heard });
  return heard;
}`;

const ISSUING = `${COMMON}
function result(context) {
  var name = context.request.getFormParameter('run'), kind = context.request.getFormParameter('kind');
  var delegation = context.delegationIssuer.issue(context.getDefaultDelegationData()), data = context.getDefaultAccessTokenData();
  var before = context.accessTokenIssuer.issue(Object.assign({ run: name }, data), delegation);
  var heard = run(context, name, kind);
  if (kind === 'rejects') throw exceptionFactory.badRequestException('not_now', name + ' heard ' + heard.join());
  if (kind === 'fails') throw new Error(name + ' heard ' + heard.join());
  var signed = context.getDefaultAccessTokenJwtIssuer().issue(Object.assign({ run: name, heard: heard }, data), delegation);
  return { access_token: before, signed: signed, heard: heard };
}`;

const INTROSPECTING = `${COMMON}
function result(context) {
  var name = context.request.getFormParameter('run');
  return { active: true, heard: run(context, name, 'introspects') };
}`;

interface Asked {
  readonly name: string;
  readonly kind: Kind;
  readonly response: OAuthResponse;
}

let server: CountingServer;
let sandbox: Sandbox;
let services: HostServices;
let stores: Stores;
let world: ServiceUnderTest;
let service: OAuthService;
const directory = mkdtempSync(join(tmpdir(), 'tokenwright-killed-'));
const log: LoggedLine[] = [];
const asked: Asked[] = [];
const kills: Record<Role, number> = { main: 0, spare: 0, diagnostic: 0 };
/** Kills of the main process while the server had not answered all that it was asked. */
let killsDuringCalls = 0;

beforeAll(async () => {
  server = await CountingServer.open(() => Math.random() * 25);
  const withUrl = (source: string) => `var URL = 'http://${server.host}';\n${source}`;
  world = await ServiceUnderTest.open([
    put('bucket', { profile: PROFILE, id: 'runs', description: '', origin: 'api' }),
    put(
      'http-client',
      anHttpClient(PROFILE, {
        ...{ id: 'partner', allowedHosts: [server.host], allowHttp: true, allowedNetworks: ['127.0.0.0/8'], credentials: null },
        timeoutMilliseconds: 60_000,
      }),
    ),
    ...bound('oauth-token-client-credentials', withUrl(ISSUING)),
    ...bound('oauth-introspect', withUrl(INTROSPECTING)),
  ]);
  // Nobody's patience is what is tested here, on however busy a machine.
  const wallMilliseconds = 100_000;
  sandbox = await openSandbox({ prelude: preludeSource(), limits: { cpuMilliseconds: 2000, wallMilliseconds } });
  for (const program of world.snapshot.programs.values()) sandbox.load(program);
  services = openHostServices({
    onError: (error) => {
      throw error;
    },
  });
  stores = await openStores({ database: { kind: 'sqlite', file: join(directory, 'killed.sqlite') } });
  service = new OAuthService({
    ...{ stores, sandbox, services, wallMilliseconds },
    log: { write: (level, message, fields) => log.push({ level, message, fields }) },
    clock: () => Math.floor(Date.now() / 1000),
  });
}, 30_000);

afterAll(async () => {
  await sandbox.close();
  await services.close();
  await stores.close();
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

async function post(path: string, form: Readonly<Record<string, string>>): Promise<OAuthResponse> {
  const response = await service.handle(aRequest(path, { client_secret: SECRET, ...form }), world.snapshot);
  if (response === null) throw new Error(`nothing is served at ${path}`);
  return response;
}

const issue = (name: string, kind: Kind) => post(TOKEN, { grant_type: 'client_credentials', client_id: 'app', run: name, kind });

/** Kills a process of some role now, if there is one. */
function kill(role: Role): boolean {
  const pid = sandbox.status().processes.find((one) => one.role === role)?.pid ?? 0;
  if (pid === 0) return false;
  const isDuringCalls = server.open > 0;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already, of an earlier kill.
    return false;
  }
  kills[role]++;
  if (role === 'main' && isDuringCalls) killsDuringCalls++;
  return true;
}

/**
 * As many as are wanted of each role, at random moments and in random order. In between some run gets on: what is killed
 * again and again without ever getting on is given up, and rightly.
 */
async function killAll(): Promise<void> {
  const due = Object.entries(KILLS).flatMap(([role, count]) =>
    Array.from({ length: count }, (_, i) => ({ role: role as Role, isDuringCalls: role === 'main' && i % 2 === 0 })),
  );
  due.sort(() => Math.random() - 0.5);
  let seen = 0;
  for (let next = due.pop(); next !== undefined; next = due.pop()) {
    await pause(Math.random() * 60);
    while (server.requests.size === seen || (next.isDuringCalls && server.open === 0)) await pause(1);
    // There is a diagnostic process while it has something to do.
    if (kill(next.role)) seen = server.requests.size;
    else due.splice(Math.floor(Math.random() * due.length), 0, next);
  }
}

/** Where no kill came between, this is all there is to say: what was heard is what the server answered. */
function heardBy({ name, kind }: Asked): string[] {
  const heard = kind === 'lonely' ? [] : Array.from({ length: CALLS }, (_, i) => server.at(pathOf(name, i))[0]?.answer ?? 'nothing');
  if (kind === 'broken') heard.push('unreachable');
  if (kind === 'refused') heard.push('503');
  return heard;
}

/** The path with the query that the run put there. */
function pathOf(name: string, call: number): string {
  const path = `/${name}/${call}`;
  if (call % 2 === 1 || call === 0) return path;
  const after = Array.from({ length: call }, (_, i) => server.at(pathOf(name, i))[0]?.answer ?? 'nothing');
  return `${path}?${after.map((answer) => `after=${answer}`).join('&')}`;
}

async function allTokens(): Promise<readonly TokenRecord[]> {
  const tokens: TokenRecord[] = [];
  for (let after: string | undefined; ;) {
    const page = await stores.tokens.listTokens({ profile: PROFILE }, { limit: 100, ...(after === undefined ? {} : { after }) });
    tokens.push(...page.items);
    if (page.next === null) return tokens;
    after = page.next;
  }
}

describe('runs whose processes are killed in the middle of HTTP calls (SANDBOX 5.7)', () => {
  let tokens: readonly TokenRecord[];

  beforeAll(async () => {
    const presented = jsonOf(await issue('presented', 'lonely'))['access_token'];
    if (typeof presented !== 'string') throw new Error('no token to introspect');
    let isOver = false;
    let next = 0;
    const client = async (): Promise<void> => {
      // On and on, until the last kill has been survived.
      while (!isOver || next < RUNS) {
        const number = next++;
        const kind = KINDS[number % KINDS.length] as Kind;
        const name = `run-${number}`;
        const introspecting = { token: presented, client_id: 'gateway', run: name };
        const response = await (kind === 'introspects' ? post(INTROSPECTION, introspecting) : issue(name, kind));
        asked.push({ name, kind, response });
      }
    };
    const clients = Array.from({ length: 12 }, client);
    try {
      await killAll();
    } finally {
      isOver = true;
      await Promise.all(clients);
    }
    tokens = await allTokens();
  }, 240_000);

  test('were killed as often as they should have been, many of them while the server was asked', () => {
    expect(kills).toEqual(KILLS);
    expect(killsDuringCalls).toBeGreaterThanOrEqual(KILLS.main / 2);
    expect(asked.length).toBeGreaterThanOrEqual(RUNS);
    expect(new Set(asked.map(({ kind }) => kind))).toEqual(new Set(KINDS));
  });

  test('ask the server for each thing once: nothing is asked again, nothing is left out, nothing else is asked', () => {
    const expected: string[] = [];
    for (const { name, kind } of asked) {
      const calls = kind === 'lonely' ? 0 : CALLS;
      for (let call = 0; call < calls; call++) {
        const after = call % 2 === 0 ? '' : JSON.stringify({ after: server.at(pathOf(name, call - 1))[0]?.answer });
        expected.push(`${call % 2 === 0 ? 'GET' : 'POST'} ${pathOf(name, call)} ${after}`);
      }
      if (kind === 'broken') expected.push(`POST /${name}/reset x`);
      if (kind === 'refused') expected.push(`GET /${name}/refused `);
    }
    const received = [...server.requests].flatMap(([path, requests]) => requests.map(({ method, body }) => `${method} ${path} ${body}`));
    expect(received.sort()).toEqual(expected.sort());
  });

  test('end as they should, with what the server answered', () => {
    for (const one of asked) {
      const { name, kind, response } = one;
      const heard = heardBy(one);
      const body = jsonOf(response);
      if (kind === 'rejects')
        expect([response.status, body]).toEqual([400, { error: 'not_now', error_description: `${name} heard ${heard.join(',')}` }]);
      else if (kind === 'fails') expect([response.status, body['error']]).toEqual([500, 'server_error']);
      else expect([name, response.status, body['heard']]).toEqual([name, 200, heard]);
    }
    const faults = service.executions.faults.map(({ kind, message }) => `${kind} ${message}`);
    const failed = asked.filter(({ kind }) => kind === 'fails');
    // The record keeps the latest.
    expect(failed.length).toBeLessThanOrEqual(200);
    expect(faults.sort()).toEqual(failed.map((one) => `runtime Error: ${one.name} heard ${heardBy(one).join(',')}`).sort());
    expect(sandbox.status().quarantined).toEqual([]);
  });

  test('leave each token in the store once, and none of a run that did not deliver', () => {
    const delivered = asked.filter(({ kind, response }) => kind !== 'introspects' && response.status === 200);
    const expected = delivered.flatMap((one) => [`${one.name} opaque none`, `${one.name} jwt ${heardBy(one).join(',')}`]);
    const stored = tokens.map(({ form, data }) => {
      const { run, heard } = JSON.parse(data) as { readonly run: string; readonly heard?: readonly string[] };
      return `${run} ${form} ${heard?.join(',') ?? 'none'}`;
    });
    expect(stored.sort()).toEqual([...expected, 'presented opaque none', 'presented jwt '].sort());
    expect(new Set(tokens.map(({ delegationId }) => delegationId)).size).toBe(delivered.length + 1);
    for (const { name, response } of delivered) {
      const claims = claimsOf(String(jsonOf(response)['signed']));
      const row = tokens.filter(({ id }) => String(claims['jti']).startsWith(`${id}.`));
      expect([name, claims['run'], row.length]).toEqual([name, name, 1]);
    }
  });

  test('leave each bucket entry as they wrote it, and none of a run that did not deliver', async () => {
    for (const one of asked) {
      const entries = await stores.buckets.list(PROFILE, 'runs', one.name);
      const attributes = JSON.stringify({ heard: heardBy(one) });
      const expected = one.kind === 'rejects' || one.kind === 'fails' ? [] : [{ purpose: 'heard', attributes }];
      expect(entries).toMatchObject(expected);
      expect(entries).toHaveLength(expected.length);
    }
  });

  test('log each line once, in its order', () => {
    const lines = new Map<string, string[]>();
    for (const { message, fields } of log) {
      if (fields['source'] !== 'procedure') continue;
      const [name = '', heard = ''] = message.split(' heard ');
      lines.set(name, [...(lines.get(name) ?? []), heard]);
    }
    for (const one of asked)
      expect([one.name, lines.get(one.name) ?? []]).toEqual([one.name, one.kind === 'lonely' ? [] : heardBy(one).slice(0, CALLS)]);
    expect([...lines.keys()].filter((name) => !asked.some((one) => one.name === name))).toEqual([]);
  });
});
