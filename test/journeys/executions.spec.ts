import { spawn, type ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Line } from '../support/event-feed.ts';
import { connection, dispose, LAUNCHER, startProduct, tokenwright, type ProductProcess } from '../support/product-process.ts';
import { install, upload } from '../support/procedures.ts';
import { CLIENT, GATEWAY, postForm } from '../support/running-service.ts';
import { until, type Caller } from '../support/wire-service.ts';

const SOURCE = `function result(context) {
  console.info('x'.repeat(10240));
  console.warn('token ' + context.presentedToken.value);
  missing.call();
  return { active: true };
}
`;

interface Shown {
  readonly id: string;
  readonly outcome: string;
  readonly client: string | null;
  readonly requestId: string | null;
  readonly log: readonly { readonly level: string; readonly message: string }[];
}

let product: ProductProcess;
let token: string;
const tails: ChildProcess[] = [];

beforeAll(async () => {
  product = await startProduct();
  const answer = await postForm(`${product.url}/oauth/v2/oauth-token`, { grant_type: 'client_credentials' }, { as: CLIENT });
  token = ((await answer.json()) as { access_token: string }).access_token;
}, 60_000);
afterAll(async () => {
  for (const tail of tails) tail.kill();
  await dispose(product);
}, 30_000);

const service = () => ({ adminUrl: product.adminUrl, adminToken: product.adminToken() });
const introspect = (id = '', as: Caller = GATEWAY) =>
  postForm(`${product.url}/introspection`, { token }, { as, headers: id === '' ? {} : { 'x-request-id': id } });

/** `procedure tail --json`, with what it has shown and said. */
function tail(...args: string[]): { readonly shown: () => readonly Shown[]; readonly said: () => string } {
  return tailAt(product.adminUrl, ...args);
}

function tailAt(adminUrl: string, ...args: string[]): ReturnType<typeof tail> {
  const where = connection({ adminUrl, dataDir: product.dataDir });
  const child = spawn(process.execPath, [LAUNCHER, 'procedure', 'tail', ...args, '--json', '--last', '0', ...where], { stdio: 'pipe' });
  tails.push(child);
  let [text, said] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  child.stderr.setEncoding('utf8').on('data', (more: string) => (said += more));
  return {
    said: () => said,
    shown: () =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Shown),
  };
}

/** Until what is followed shows that it follows: what was before it began is none of its business. */
async function introspectUntil(isSo: () => boolean): Promise<void> {
  await until(
    'the first execution',
    async () => {
      await introspect();
      return isSo();
    },
    30_000,
  );
}

test('whoever follows sees at once which version ran and why, what it logged, whole, and the line where it failed', async () => {
  await install(service(), 'failing', SOURCE);
  const [failed, others] = [tail('failing', '--failed', '--client', GATEWAY.id), tail('--outcome', 'refused')];
  await introspectUntil(() => failed.shown().length > 0);
  expect((await introspect('from-a-gateway')).status).toBe(500);
  await until('it', () => failed.shown().some(({ requestId }) => requestId === 'from-a-gateway'), 10_000);
  const shown = failed.shown().at(-1);
  expect(shown).toMatchObject({
    ...{ profile: 'token-service', endpoint: 'introspection', flow: 'oauth-introspect', client: GATEWAY.id },
    ...{ procedure: 'failing', version: 1, choice: 'active', why: 'version 1 is the active version of "failing"' },
    ...{ outcome: 'runtime', requestId: 'from-a-gateway' },
    fault: { message: expect.stringContaining('missing'), line: 4, column: 3, excerpt: ['    4 |   missing.call();', '      |   ^'] },
    log: [
      { level: 'info', message: 'x'.repeat(10_240) },
      { level: 'warn', message: 'token [token]' },
    ],
  });
  expect(JSON.stringify(shown)).not.toContain(token);

  await until(
    'a refused request',
    async () => {
      await introspect('', { id: GATEWAY.id, secret: 'wrong' });
      return others.shown().length > 0;
    },
    30_000,
  );
  expect(others.shown()[0]).toMatchObject({
    ...{ outcome: 'refused', notRun: 'refused', procedure: null, client: GATEWAY.id, refusal: { status: 401, code: 'invalid_client' } },
  });
  expect(others.shown().every(({ outcome }) => outcome === 'refused')).toBe(true);
}, 90_000);

test('people read the same on the command line, and learn which version ran after another was activated', async () => {
  expect((await upload(service(), 'failing', SOURCE.replace('missing.call()', 'console.error("now well")'))).status).toBe(201);
  expect((await introspect()).status).toBe(200);
  const args = ['procedure', 'tail', 'failing', '--no-follow', ...connection(product)];
  const { code, out } = await tokenwright([...args, '--version', '2']);
  expect(code).toBe(0);
  expect(out).toMatch(
    /returned failing@2 oauth-introspect token-service\/introspection client gateway_client [\d.]+ ms, [\d.]+ ms processor/,
  );
  expect(out).toContain('    error now well\n');
  expect((await tokenwright([...args, '--failed'])).out).toContain('failing:4:3\n    4 |   missing.call();\n');
  const { code: wrong, err } = await tokenwright([...args, '--outcome', 'nonsense']);
  expect(wrong).toBe(1);
  expect(err).toContain('/outcome');
}, 60_000);

test('the overview names what fails, and statistics count it by version', async () => {
  const get = async (path: string) =>
    (await (
      await fetch(`${product.adminUrl}/admin/v1/${path}`, { headers: { authorization: `Bearer ${product.adminToken()}` } })
    ).json()) as object;
  expect(await get('overview')).toMatchObject({
    ready: true,
    failing: [{ procedure: 'failing', version: 1, endpoint: 'introspection', lastFailure: { outcome: 'runtime' } }],
  });
  const { runs } = (await get('statistics?procedure=failing')) as { runs: { version: number; points: { failures: number }[] }[] };
  expect(runs.map(({ version, points }) => [version, points.some(({ failures }) => failures > 0)])).toEqual([
    [1, true],
    [2, false],
  ]);
}, 30_000);

test('a tail whose connection was cut goes on where it was, and has missed nothing', async () => {
  const line = await Line.to(product.adminPort);
  try {
    const followed = tailAt(`http://127.0.0.1:${line.port}`, 'failing');
    await introspectUntil(() => followed.shown().length > 0);
    line.isOpen = false;
    line.cut();
    await until('it to notice', () => followed.said().includes('the connection broke, trying again'), 20_000);
    for (const id of ['while-cut-1', 'while-cut-2']) expect((await introspect(id)).status).toBe(200);
    line.isOpen = true;
    const ids = () => followed.shown().flatMap(({ requestId }) => (requestId?.startsWith('while-cut') === true ? [requestId] : []));
    await until('what ran meanwhile', () => ids().length >= 2, 30_000);
    expect((await introspect('while-cut-not')).status).toBe(200);
    await until('what ran after', () => ids().length >= 3, 10_000);
    expect(ids()).toEqual(['while-cut-1', 'while-cut-2', 'while-cut-not']);
    expect(followed.said()).not.toContain('executions');
  } finally {
    line.close();
  }
}, 90_000);

test('a tail comes back after the service was started again, and says that something may be missing', async () => {
  const followed = tail('failing');
  await introspectUntil(() => followed.shown().length > 0);
  expect((await product.end('SIGTERM')).code).toBe(0);
  await until('it to notice', () => followed.said().includes('the connection broke, trying again'), 20_000);
  product = await startProduct({ dataDir: product.dataDir, ports: [product.port, product.adminPort] });
  await until('it to be back', () => followed.said().includes('executions may be missing: the service was started again'), 30_000);
  expect((await introspect('after-the-restart')).status).toBe(200);
  await until('what ran then', () => followed.shown().some(({ requestId }) => requestId === 'after-the-restart'), 10_000);
}, 120_000);
