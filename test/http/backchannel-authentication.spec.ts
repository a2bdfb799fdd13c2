import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Person } from '../support/person.ts';
import { faultsOf, install } from '../support/procedures.ts';
import { admin, postForm, startService, type RunningService } from '../support/running-service.ts';
import { PROFILE } from '../support/signatures.ts';

/** The hook and the decision over the whole product: procedure, sandbox process, HTTP client, database. OpenID Connect CIBA. */

const TILL = { id: 'till', secret: 'Secr3t!' };
const BANK = { id: 'bank', secret: 'Secr3t!' };
const EXAMPLE = readFileSync(join(process.cwd(), 'procedures', 'examples', 'ask-by-app.js'), 'utf8');

interface Notification {
  readonly request_id: string;
  readonly page: string;
  readonly sub: string;
  readonly client: string;
  readonly scope: string;
  readonly binding_message: string;
}

let service: RunningService;
let backend: Server;
let alice: Person;
let received: Notification[] = [];
/** What the app's backend does with the next notification, and the status that it answers. */
let act: (notification: Notification) => Promise<number>;

beforeAll(async () => {
  backend = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const notification = JSON.parse(body) as Notification;
      received.push(notification);
      void act(notification).then((status) => response.writeHead(status).end());
    });
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(backend.address() as AddressInfo).port}`;
  service = await startService({ configFile: join(process.cwd(), 'test', 'support', 'people.yaml') });
  const reach = { allowedHosts: [host], allowHttp: true, allowedNetworks: ['127.0.0.0/8'] };
  const made = await admin(service, 'PUT', `/profiles/${PROFILE}/http-clients/notifications`, reach);
  expect(made.status).toBe(201);
  const flow = 'oauth-backchannel-authentication';
  await install(service, 'ask-by-app', EXAMPLE.replace("'notifications'", `'notifications', 'http://${host}'`), flow, flow);
  alice = await Person.withAccount(service, 'alice');
}, 60_000);

afterAll(async () => {
  await service.stop();
  await new Promise((resolve) => backend.close(resolve));
});

beforeEach(() => {
  received = [];
  act = () => Promise.resolve(202);
});

const at = (kind: string) => `${service.url}/oauth/v2/${kind}`;
const ask = (form: Readonly<Record<string, string>> = {}) =>
  postForm(
    at('oauth-backchannel-authentication'),
    { scope: 'openid read', login_hint: 'alice', binding_message: 'W4SCT', ...form },
    { as: TILL },
  );
const poll = (authReqId: string) =>
  postForm(at('oauth-token'), { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: authReqId }, { as: TILL });
const decide = ({ request_id: id, sub }: Notification, decision: string) => {
  const form: Readonly<Record<string, string>> = { request_id: id, sub, decision };
  return postForm(at('oauth-backchannel-decision'), form, { as: BANK });
};

async function answerOf(response: Response): Promise<Readonly<Record<string, string>>> {
  return (await response.json()) as Record<string, string>;
}

/** Status and `error` of an answer. */
async function refusal(response: Response): Promise<readonly unknown[]> {
  return [response.status, (await answerOf(response))['error']];
}

/** What waits for alice, as her account page says. */
async function waiting(): Promise<number> {
  const page = await alice.visit(`${service.url}/people/account`);
  return page.split('/people/approve?request=').length - 1;
}

describe('a person who is asked by an app (OpenID Connect CIBA)', () => {
  test('is asked once: the backend hears who asks and for what, tells the decision, and the client gets the tokens', async () => {
    const { auth_req_id: id = '' } = await answerOf(await ask());
    expect(received).toMatchObject([{ client: 'Till', scope: 'openid read', binding_message: 'W4SCT' }]);
    expect(await refusal(await poll(id))).toEqual([400, 'authorization_pending']);
    const [notification] = received;
    if (notification === undefined) throw new Error('nobody was told');
    expect(notification.page).toBe(`${service.url}/people/approve?request=${notification.request_id}`);
    expect((await decide(notification, 'approve')).status).toBe(200);
    expect(await answerOf(await poll(id))).toMatchObject({ access_token: expect.any(String), id_token: expect.any(String) });
    expect(await refusal(await decide(notification, 'deny'))).toEqual([404, 'unknown_request']);
  });

  test('may have decided before the backend has even answered', async () => {
    const decided: number[] = [];
    act = async (notification) => {
      decided.push((await decide(notification, 'approve')).status);
      return 202;
    };
    const { auth_req_id: id = '' } = await answerOf(await ask());
    expect(decided).toEqual([200]);
    expect((await poll(id)).status).toBe(200);
  });

  test.each([
    ['does not know the person', 404, [403, 'access_denied']],
    ['cannot ask now', 503, [500, 'server_error']],
  ])('is not asked when the backend %s: the client is told, and nothing is left half made', async (_, status, told) => {
    act = () => Promise.resolve(status);
    expect(await refusal(await ask())).toEqual(told);
    const [notification] = received;
    if (notification === undefined) throw new Error('nobody was told');
    expect(await refusal(await decide(notification, 'approve'))).toEqual([404, 'unknown_request']);
    expect(await waiting()).toBe(0);
  });

  test('is not asked when the backend breaks off: the operator sees procedure and line', async () => {
    act = () => {
      backend.closeAllConnections();
      return Promise.resolve(202);
    };
    expect(await refusal(await ask())).toEqual([500, 'server_error']);
    expect(await waiting()).toBe(0);
    const [fault] = await faultsOf(service, 'ask-by-app');
    expect(fault).toMatchObject({ kind: 'runtime', procedure: 'ask-by-app', line: expect.any(Number) });
  });

  test('answers on the page that the backend links to', async () => {
    const { auth_req_id: id = '' } = await answerOf(await ask());
    const end = await alice.answer(received[0]?.page ?? '', 'allow');
    expect(end).toContain('Allowed');
    expect((await poll(id)).status).toBe(200);
  });
});
