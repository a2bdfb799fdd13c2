import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDatabase, postgresAnswers, type TestDatabase } from '../../libs/persistence/src/testing/postgres-test-database.ts';
import { Person } from '../support/person.ts';
import { dispose, newDataDirectory, startProduct, type ProductProcess } from '../support/product-process.ts';
import { freePort } from '../support/running-service.ts';

const SESSION = '/admin/v1/session';
const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };

/** Prints a line when it does not. */
const answers = await postgresAnswers();

/** The demo configuration, with the address of this admin API. */
function configuration(adminUrl: string): string {
  return readFileSync('tokenwright.yaml', 'utf8').replace('https://localhost:6749/admin', `${adminUrl}/admin`);
}

(answers ? describe : describe.skip)('administrators sign in to two nodes on one database by the service itself', () => {
  const nodes: ProductProcess[] = [];
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    const dataDir = newDataDirectory();
    const ports = [await freePort(), await freePort()] as const;
    const file = join(dataDir, 'configuration.yaml');
    writeFileSync(file, configuration(`http://localhost:${ports[1]}`));
    const login = ['--admin-login-issuer', `http://localhost:${ports[0]}/~`, '--admin-login-client', 'admin-ui'];
    const args = ['--database-url', database.url, ...login, '--admin-login-scope', 'openid profile roles'];
    nodes.push(await startProduct({ dataDir, ports, args: [...args, '--config', file] }));
    nodes.push(await startProduct({ dataDir, args }));
  }, 120_000);
  afterAll(async () => {
    for (const node of nodes) await dispose(node);
    await database.drop();
  }, 60_000);

  const node = (index: 0 | 1) => nodes[index] as ProductProcess;
  const cookieOf = (response: Response) =>
    response.headers
      .getSetCookie()
      .find((text) => text.startsWith('__Host-tokenwright-admin='))
      ?.split(';', 1)[0] ?? '';
  const at = (index: 0 | 1, cookie: string, method = 'GET', headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${node(index).adminUrl}${SESSION}`, { method, headers: { cookie, ...SAME_ORIGIN, ...headers } });

  /** Somebody with an account who goes from the page to the provider and back; where they are in the end. */
  async function come(username: string, attributes: Readonly<Record<string, unknown>>) {
    const { adminUrl } = node(0);
    const person = await Person.withAccount({ adminUrl, adminToken: node(0).adminToken() }, username, attributes);
    const begun = await person.fetch(`${adminUrl}${SESSION}/openid?return=/clients`);
    const back = await person.comeBack(begun.headers.get('location') ?? '', `${adminUrl}${SESSION}/openid/callback`);
    const answer = await person.fetch(back.url);
    return { person, back: back.url, answer, location: answer.headers.get('location'), cookie: cookieOf(answer) };
  }

  test('who has a role comes in, with that role, and the other node sees it and its end at once', async () => {
    const { person, back, location, cookie } = await come('alice', { roles: ['tokenwright:author'] });
    expect(location).toBe('/clients');
    const seen = await at(1, cookie);
    expect(seen.status).toBe(200);
    const { administrator, csrf } = (await seen.json()) as { administrator: { id: string }; csrf: string };
    expect(administrator).toMatchObject({ id: expect.stringMatching(/^oidc:[^/]+\/.+/), role: 'author' });

    // The answer is good once, also for the browser that it was for, and at the other node.
    for (const url of [back, back.replace(node(0).adminUrl, node(1).adminUrl)])
      expect((await person.fetch(url)).headers.get('location')).toBe('/?sign-in-error=expired');

    expect((await at(1, cookie, 'DELETE', { 'x-csrf-token': csrf })).status).toBe(204);
    expect([(await at(0, cookie)).status, (await at(1, cookie)).status]).toEqual([401, 401]);
  }, 60_000);

  test('who has none does not, and the page hears why', async () => {
    const { location, cookie } = await come('mallory', { roles: ['admin'] });
    expect([location, cookie]).toEqual(['/?sign-in-error=not-allowed', '']);
    await node(0).logged('has none of our roles');
  }, 60_000);

  test('a token signs in as well, and a new token of the administrator ends that at both nodes', async () => {
    const authorization = `Bearer ${node(0).adminToken()}`;
    const json = { 'content-type': 'application/json' };
    const made = await fetch(`${node(0).adminUrl}/admin/v1/administrators`, {
      ...{ method: 'POST', headers: { ...json, authorization }, body: JSON.stringify({ id: 'bob', role: 'read' }) },
    });
    const { token } = (await made.json()) as { token: string };
    const signedIn = await fetch(`${node(0).adminUrl}${SESSION}`, {
      ...{ method: 'POST', headers: { ...json, ...SAME_ORIGIN }, body: JSON.stringify({ token }) },
    });
    expect(signedIn.status).toBe(201);
    const cookie = cookieOf(signedIn);
    expect((await at(0, cookie)).status).toBe(200);
    await fetch(`${node(0).adminUrl}/admin/v1/administrators/bob/token`, { method: 'POST', headers: { authorization } });
    expect([(await at(0, cookie)).status, (await at(1, cookie)).status]).toEqual([401, 401]);
  }, 60_000);
});
