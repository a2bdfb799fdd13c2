import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { createTestDatabase, postgresAnswers, type TestDatabase } from '../../libs/persistence/src/testing/postgres-test-database.ts';
import { aCode, asking, AUTHORIZE_PATH, codeRequest, redeeming, refreshing, tokensOf, type Answered } from '../support/code-flow.ts';
import { Person } from '../support/person.ts';
import { install } from '../support/procedures.ts';
import { newDataDirectory, startProduct, type ProductProcess } from '../support/product-process.ts';
import { Racers, type RaceAnswer } from '../support/racers.ts';
import { formRequest } from '../support/raw-http.ts';
import { admin, freePort, GATEWAY, postForm, type Administered } from '../support/running-service.ts';
import { PROFILE } from '../support/signatures.ts';
import { pause, TOKEN_PATH, until } from '../support/wire-service.ts';

/** What can be used once, used by many at once: several client processes, and on PostgreSQL several services. */

const RACERS = 4;
const CONFIGURATION = join(process.cwd(), 'test', 'support', 'people.yaml');
/** Seconds after which what a service held when it was killed is free again. */
const LEASE = 30;

// Prints a line when it does not.
const answers = await postgresAnswers();

/** Services on one database, known by one name. */
class Cluster {
  readonly nodes: ProductProcess[] = [];
  readonly #dataDir = newDataDirectory();
  #ports: readonly [number, number] = [0, 0];

  constructor(
    private readonly size: number,
    private readonly args: readonly string[],
  ) {}

  async start(): Promise<void> {
    this.#ports = [await freePort(), await freePort()];
    // The first one makes the keys that all of them share.
    this.nodes.push(await this.#node(this.#ports, ['--config', CONFIGURATION]));
    for (let more = 1; more < this.size; more++) this.nodes.push(await this.#node([await freePort(), await freePort()]));
  }

  get url(): string {
    return `http://localhost:${this.#ports[0]}`;
  }

  get ports(): readonly number[] {
    return this.nodes.map(({ port }) => port);
  }

  get admin(): Administered {
    return { adminUrl: this.first.adminUrl, adminToken: this.first.adminToken() };
  }

  get first(): ProductProcess {
    const [first] = this.nodes;
    if (first === undefined) throw new Error('nothing has been started');
    return first;
  }

  /** Kills the first one. */
  kill(): Promise<unknown> {
    return this.first.end('SIGKILL');
  }

  async startAgain(): Promise<void> {
    this.nodes[0] = await this.#node(this.#ports);
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.end()));
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  #node(ports: readonly [number, number], args: readonly string[] = []): Promise<ProductProcess> {
    return startProduct({
      dataDir: this.#dataDir,
      ports,
      args: ['--base-url', `http://localhost:${this.#ports[0]}`, ...this.args, ...args],
    });
  }
}

/** The service's own procedure, with ways to fail: the form says which. `URL` is that of a server which never answers. */
function failing(flow: 'oauth-token-refresh' | 'oauth-token-authorization-code', url: string): string {
  const usual = readFileSync(join(process.cwd(), 'procedures', flow, `${flow}.js`), 'utf8').replace('function result(', 'function usual(');
  return `${usual}
function result(context) {
  const how = context.request.getFormParameter('how');
  if (how === 'throws') throw new Error('on purpose');
  if (how === 'loops') for (;;) {}
  if (how === 'allocates') { const all = []; for (;;) all.push(new Array(100000).fill(1)); }
  if (how === 'issues and throws') { usual(context); throw new Error('on purpose'); }
  if (how === 'waits') context.getWebServiceClient('silent', '${url}').get('/');
  return usual(context);
}`;
}

function statuses(all: readonly RaceAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of all) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function errorsOf(all: readonly RaceAnswer[]): readonly unknown[] {
  const refused = all.filter(({ status }) => status !== 200).map(({ body }) => (JSON.parse(body) as Answered).error);
  return [...new Set(refused)];
}

describeRaces('on SQLite, one service', () => Promise.resolve({ size: 1, args: [], drop: () => Promise.resolve() }));

(answers ? describe : describe.skip)('PostgreSQL', () => {
  describeRaces('three services', async () => {
    const database: TestDatabase = await createTestDatabase();
    return { size: 3, args: ['--database-url', database.url], drop: () => database.drop() };
  });
});

interface Introspected {
  readonly active: boolean;
  readonly delegationId?: string;
  readonly cnf?: unknown;
}

interface Ground {
  readonly size: number;
  readonly args: readonly string[];
  drop(): Promise<void>;
}

function describeRaces(name: string, ground: () => Promise<Ground>): void {
  describe(name, () => {
    let cluster: Cluster;
    let drop = (): Promise<void> => Promise.resolve();
    let racers: Racers;
    let alice: Person;
    let silent: Server;
    let heard = 0;
    let key: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };

    beforeAll(async () => {
      silent = createServer(() => heard++);
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
      racers = Racers.open(RACERS);
      const found = await ground();
      drop = () => found.drop();
      cluster = new Cluster(found.size, found.args);
      await cluster.start();
      alice = await Person.withAccount(cluster.admin, 'alice');
      key = await generateKeyPair('ES256', { extractable: true });
      const client = {
        ...{ id: 'signing', capabilities: ['client-credentials'], scopes: ['read'] },
        authentication: { methods: ['private_key_jwt'], jwks: { keys: [await exportJWK(key.publicKey)] } },
      };
      await change('POST', 'clients', client);
      const reach = { allowedHosts: [host], allowHttp: true, allowedNetworks: ['127.0.0.0/8'], timeoutMilliseconds: 60_000 };
      await change('PUT', 'http-clients/silent', reach);
      for (const flow of ['oauth-token-refresh', 'oauth-token-authorization-code'] as const)
        await install(cluster.admin, `failing-${flow}`, failing(flow, `http://${host}`), flow, 'oauth-token');
      // Every service has heard of it.
      for (const port of cluster.ports)
        await until(
          `the procedure at ${port}`,
          async () => {
            const { refresh } = await tokensOf(cluster.url, alice);
            return (await ask(port, { ...refreshing(refresh), how: 'throws' })).status === 500;
          },
          20_000,
        );
    }, 120_000);
    afterAll(async () => {
      racers.close();
      silent.closeAllConnections();
      silent.close();
      await cluster.stop();
      await drop();
    }, 60_000);

    async function change(method: string, path: string, body: unknown): Promise<void> {
      const response = await admin(cluster.admin, method, `/profiles/${PROFILE}/${path}`, body);
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    }

    const ask = (port: number, form: Readonly<Record<string, string>>) => asking(`http://localhost:${port}`, form);
    const race = (form: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
      racers.race(cluster.ports, formRequest(TOKEN_PATH, new URLSearchParams(form).toString(), headers));

    async function introspected(token: string, port = cluster.first.port): Promise<Introspected> {
      const response = await postForm(`http://localhost:${port}/oauth/v2/oauth-introspect`, { token }, { as: GATEWAY });
      return (await response.json()) as Introspected;
    }
    const isActive = async (token: string, port?: number) => (await introspected(token, port)).active;

    /** What hangs from the delegation of a token. */
    async function issued(token: string): Promise<readonly { readonly purpose: string }[]> {
      const { delegationId = '' } = await introspected(token);
      const listed = await admin(cluster.admin, 'GET', `/profiles/${PROFILE}/tokens?delegationId=${delegationId}`);
      return ((await listed.json()) as { items: { purpose: string }[] }).items;
    }

    test('a refresh token is rotated once, and everybody gets the very same answer (RFC 9700 section 4.14.2)', async () => {
      const { access, refresh } = await tokensOf(cluster.url, alice);
      const all = await race(refreshing(refresh));
      expect([statuses(all), new Set(all.map(({ body }) => body)).size]).toEqual([{ 200: 100 }, 1]);
      expect((await issued(access)).map(({ purpose }) => purpose).sort()).toEqual([
        ...['access_token', 'access_token', 'refresh_token', 'refresh_token'],
      ]);
      const { refresh_token: next = '' } = JSON.parse(all[0]?.body ?? '{}') as Answered;
      expect((await asking(cluster.url, refreshing(next))).status).toBe(200);
    }, 120_000);

    test('a code gives tokens once, and those end since it was used again (RFC 6749 section 4.1.2)', async () => {
      const all = await race(redeeming(await aCode(cluster.url, alice)));
      expect([statuses(all), errorsOf(all)]).toEqual([{ 200: 1, 400: 99 }, ['invalid_grant']]);
      const tokens = JSON.parse(all.find(({ status }) => status === 200)?.body ?? '{}') as Answered;
      for (const port of cluster.ports) expect(await isActive(tokens.access_token ?? '', port)).toBe(false);
      expect(await asking(cluster.url, refreshing(tokens.refresh_token ?? ''))).toMatchObject({ status: 400, error: 'invalid_grant' });
    }, 120_000);

    test('a request that a person has approved on another device gives tokens once, and those end since it was used again (OpenID Connect CIBA section 10.1)', async () => {
      const as = { id: 'till', secret: 'Secr3t!' };
      const sent = { scope: 'openid read', login_hint: 'alice' };
      const asked = await postForm(`${cluster.url}/oauth/v2/oauth-backchannel-authentication`, sent, { as });
      const { auth_req_id: authReqId = '' } = (await asked.json()) as { auth_req_id?: string };
      const account = await alice.visit(`${cluster.url}/people/account`);
      const [, page = ''] = /href="([^"]*\/approve[^"]*)"/.exec(account) ?? [];
      await alice.answer(new URL(page, cluster.url), 'allow');
      const credentials = { client_id: as.id, client_secret: as.secret };
      const all = await race({ grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: authReqId, ...credentials });
      expect([statuses(all), errorsOf(all)]).toEqual([{ 200: 1, 400: 99 }, ['invalid_grant']]);
      const { access_token: token = '' } = JSON.parse(all.find(({ status }) => status === 200)?.body ?? '{}') as Answered;
      for (const port of cluster.ports) expect(await isActive(token, port)).toBe(false);
    }, 120_000);

    test('the code of a device that a person has allowed gives tokens once, and those end since it was used again (RFC 8628 section 3.5)', async () => {
      const asked = await postForm(`${cluster.url}/oauth/v2/oauth-device-authorization`, { client_id: 'tv', scope: 'read' });
      const answer = (await asked.json()) as { device_code: string; verification_uri_complete: string };
      const polling = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id: 'tv', device_code: answer.device_code };
      const early = await race(polling);
      expect([statuses(early), [...errorsOf(early)].sort()]).toEqual([{ 400: 100 }, ['authorization_pending', 'slow_down']]);
      const waiting = early.filter(({ body }) => (JSON.parse(body) as Answered).error === 'authorization_pending');
      expect(waiting).toHaveLength(1);
      await alice.connect(answer.verification_uri_complete, 'allow');
      const all = await race(polling);
      expect([statuses(all), errorsOf(all)]).toEqual([{ 200: 1, 400: 99 }, ['invalid_grant']]);
      const tokens = JSON.parse(all.find(({ status }) => status === 200)?.body ?? '{}') as Answered;
      for (const port of cluster.ports) expect(await isActive(tokens.access_token ?? '', port)).toBe(false);
    }, 120_000);

    test('an assertion authenticates its client once (RFC 7523 section 3)', async () => {
      const now = Math.floor(Date.now() / 1000);
      const assertion = await new SignJWT({ iss: 'signing', sub: 'signing', aud: `${cluster.url}/~`, jti: 'the only one', exp: now + 60 })
        .setProtectedHeader({ alg: 'ES256' })
        .sign(key.privateKey);
      const all = await race({
        ...{ grant_type: 'client_credentials', client_assertion: assertion },
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      });
      expect([statuses(all), errorsOf(all)]).toEqual([{ 200: 1, 401: 99 }, ['invalid_client']]);
    }, 120_000);

    test('a DPoP proof is taken once (RFC 9449 section 11.1)', async () => {
      const jwk = await exportJWK(key.publicKey);
      const proof = await new SignJWT({
        htm: 'POST',
        htu: cluster.url + TOKEN_PATH,
        jti: 'the only one',
        iat: Math.floor(Date.now() / 1000),
      })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
        .sign(key.privateKey);
      const all = await race({ grant_type: 'client_credentials', client_id: 'trusted', client_secret: 'Secr3t!' }, { dpop: proof });
      expect([statuses(all), errorsOf(all)]).toEqual([{ 200: 1, 400: 99 }, ['invalid_dpop_proof']]);
      const { access_token: token = '' } = JSON.parse(all.find(({ status }) => status === 200)?.body ?? '{}') as Answered;
      expect((await introspected(token)).cnf).toEqual({ jkt: await calculateJwkThumbprint(jwk) });
    }, 120_000);

    test('a pushed request sends one of them on (RFC 9126 section 7.3)', async () => {
      // Somebody who is signed in, and is asked nothing.
      await aCode(cluster.url, alice);
      const { form } = codeRequest();
      form.set('client_secret', 'Secr3t!');
      const pushed = await postForm(`${cluster.url}/oauth/v2/oauth-pushed-authorization`, form.toString());
      const { request_uri: uri = '' } = (await pushed.json()) as { request_uri?: string };
      const query = new URLSearchParams({ client_id: 'trusted', request_uri: uri });
      const cookie = [...alice.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const request = `GET ${AUTHORIZE_PATH}?${query.toString()} HTTP/1.1\r\nhost: localhost\r\ncookie: ${cookie}\r\n\r\n`;
      const all = await racers.race(cluster.ports, Buffer.from(request));
      expect(statuses(all)).toEqual({ 303: 1, 400: 99 });
      expect(all.filter(({ location }) => location !== null).map(({ location }) => location)).toEqual([
        expect.stringMatching(/^https:\/\/app\.example\/callback\?code=/),
      ]);
    }, 120_000);

    test.each(['throws', 'issues and throws', 'loops', 'allocates'])(
      'a procedure that %s burns neither code nor refresh token',
      async (how) => {
        const code = await aCode(cluster.url, alice);
        expect(await asking(cluster.url, { ...redeeming(code), how })).toMatchObject({ status: 500, error: 'server_error' });
        const tokens = await asking(cluster.url, redeeming(code));
        expect(tokens.status).toBe(200);
        const refresh = tokens.refresh_token ?? '';
        for (let again = 0; again < 2; again++)
          expect(await asking(cluster.url, { ...refreshing(refresh), how })).toMatchObject({ status: 500, error: 'server_error' });
        expect(await asking(cluster.url, refreshing(refresh))).toMatchObject({ status: 200, refresh_token: expect.any(String) });
        expect(await isActive(tokens.access_token ?? '')).toBe(true);
      },
      120_000,
    );

    test('a service that is killed in the middle gives the refresh token back when its claim is over', async () => {
      const { access, refresh } = await tokensOf(cluster.url, alice);
      const before = heard;
      const broken = ask(cluster.first.port, { ...refreshing(refresh), how: 'waits' }).then(
        () => 'answered',
        () => 'broken off',
      );
      await until('the procedure', () => heard > before, 20_000);
      await cluster.kill();
      expect(await broken).toBe('broken off');
      await cluster.startAgain();
      // Nobody can know yet that it will not be redeemed after all.
      const other = cluster.ports.at(-1) ?? 0;
      expect(await ask(other, refreshing(refresh))).toMatchObject({ status: 503, error: 'temporarily_unavailable' });
      await pause(LEASE * 1000);
      expect(await ask(other, refreshing(refresh))).toMatchObject({ status: 200, refresh_token: expect.any(String) });
      expect((await issued(access)).filter(({ purpose }) => purpose === 'refresh_token')).toHaveLength(2);
      expect(await isActive(access)).toBe(true);
    }, 120_000);
  });
}
