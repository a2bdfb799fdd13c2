import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { hashGeneratedSecret, PROPOSAL_LIFETIME, put } from '#libs/oauth';
import { proposalAnswer, proposalSummaryAnswer } from './proposal-views.ts';
import { SOURCE, START, TestAdminApi, type CallOptions, type Json } from './testing/test-admin-api.ts';

let api: TestAdminApi;
/** The token of a second administrator, whom nobody but the system made. */
const SECOND = `twadm_${'s'.repeat(43)}`;
const THIRD = `twadm_${'t'.repeat(43)}`;
const PROPOSALS = '/admin/v1/proposals';
const PROCEDURE = '/admin/v1/procedures/mine';
const BINDING = '/p/p/endpoints/e/bindings/oauth-introspect';

beforeAll(async () => {
  api = await TestAdminApi.start();
  await api.furnish();
  await api.done('POST', `${PROCEDURE}/versions`, { body: `${SOURCE}// warn\n`, type: 'text/javascript' }, 201);
  await api.live.change(() => ({
    changes: [
      put('administrator', { id: 'second', role: 'admin', tokenHash: hashGeneratedSecret(SECOND), createdAt: START, origin: 'system' }),
      put('administrator', { id: 'third', role: 'admin', tokenHash: hashGeneratedSecret(THIRD), createdAt: START, origin: 'system' }),
    ],
    audit: [],
    result: undefined,
  }));
  api.fourEyes = true;
});
afterAll(() => api.close());

const asBearer = (token: string): CallOptions => ({ as: null, headers: { authorization: `Bearer ${token}` } });
const bySecond = (method: string, url: string, options: CallOptions = {}) => api.call(method, url, { ...options, ...asBearer(SECOND) });
const proposed = async (method: string, url: string, options: CallOptions = {}): Promise<Json> =>
  (await api.done(method, url, options, 202)).json;
const approve = ({ id }: Json) => bySecond('POST', `${PROPOSALS}/${id as string}/approve`);
const active = async () => (await api.call('GET', PROCEDURE)).json.activeVersion as number;
const activate = (version: number, options: CallOptions = {}) =>
  proposed('POST', `${PROCEDURE}/activate`, { body: { version }, ...options });

describe('the four-eyes rule', () => {
  test('an activation waits, with diff, findings and note, and is made by the approval of another administrator', async () => {
    const answer = await api.done('POST', `${PROCEDURE}/activate?proposalNote=for%20the%20API`, { body: { version: 2 } }, 202);
    const proposal = answer.json;
    expect(answer.headers['location']).toBe(`${PROPOSALS}/${proposal.id as string}`);
    expect(proposalAnswer.safeParse(proposal).error).toBeUndefined();
    expect(proposal).toMatchObject({
      ...{ state: 'open', action: 'procedure.activate', kind: 'procedure', key: 'mine', author: 'admin', note: 'for the API' },
      ...{ createdAt: START, expiresAt: START + PROPOSAL_LIFETIME, decidedBy: null },
      changes: [{ action: 'update', kind: 'procedure', key: 'mine', differences: [{ pointer: '/activeVersion', before: 1, after: 2 }] }],
      findings: [{ message: 'Slow pattern', line: 1, column: 1 }],
    });
    expect(proposal.changes[0].source).toContain('+// warn');
    expect(await active()).toBe(1);
    expect((await api.call('GET', `${PROPOSALS}/${proposal.id as string}`)).json).toEqual(proposal);

    const approved = await approve(proposal);
    expect(approved.json).toMatchObject({ state: 'approved', decidedBy: 'second', decidedAt: START });
    expect(await active()).toBe(2);
    const [change] = api.events({ kind: 'procedure', key: 'mine' });
    const [event] = api.events({ kind: 'proposal', key: proposal.id });
    expect(change).toMatchObject({ action: 'procedure.activate', actor: 'admin' });
    expect(event).toMatchObject({ action: 'proposal.approve', actor: 'second', revision: change?.revision, after: { author: 'admin' } });
  });

  test('going back to what was approved before is done at once, and audited as that', async () => {
    expect((await api.done('POST', `${PROCEDURE}/rollback`, {}, 200)).json.activeVersion).toBe(1);
    expect(api.events({ kind: 'procedure', key: 'mine' })[0]).toMatchObject({ action: 'procedure.rollback', actor: 'admin' });
  });

  test('nobody approves their own, and who has no role for it does not either', async () => {
    const proposal = await activate(2);
    const own = await api.call('POST', `${PROPOSALS}/${proposal.id as string}/approve`);
    expect([own.status, own.json.detail]).toEqual([403, expect.stringContaining('another administrator')]);
    expect((await api.call('POST', `${PROPOSALS}/${proposal.id as string}/approve`, { as: 'author' })).status).toBe(403);
    expect(await active()).toBe(1);
    await api.done('POST', `${PROPOSALS}/${proposal.id as string}/withdraw`, {}, 200);
  });

  test('a decision is the last one, and says so', async () => {
    const rejected = await activate(2);
    const url = `${PROPOSALS}/${rejected.id as string}`;
    expect((await bySecond('POST', `${url}/withdraw`)).status).toBe(403);
    expect((await bySecond('POST', `${url}/reject`, { body: { reason: 'Too slow' } })).json).toMatchObject({
      ...{ state: 'rejected', reason: 'Too slow', decidedBy: 'second' },
    });
    for (const verb of ['approve', 'reject']) {
      const again = await bySecond('POST', `${url}/${verb}`);
      expect(again.json).toMatchObject({
        status: 409,
        type: 'urn:tokenwright:problem:proposal-decided',
        detail: 'It was rejected by "second".',
      });
    }
    expect(await active()).toBe(1);
    expect(api.events({ kind: 'proposal', key: rejected.id }).map(({ action }) => action)).toEqual(['proposal.reject', 'proposal.create']);
  });

  test('what was changed meanwhile makes a proposal stale: it is proposed again', async () => {
    const [first, second] = [await activate(2), await activate(2)];
    expect((await approve(first)).status).toBe(200);
    expect((await api.call('GET', `${PROPOSALS}/${second.id as string}`)).json.state).toBe('stale');
    expect((await approve(second)).json).toMatchObject({ status: 409, type: 'urn:tokenwright:problem:proposal-stale' });
    expect((await bySecond('POST', `${PROPOSALS}/${second.id as string}/reject`)).json.state).toBe('rejected');
    await api.done('POST', `${PROCEDURE}/rollback`, {}, 200);
  });

  test('one that another approves between two looks at it is decided, not stale', async () => {
    const proposal = await activate(2);
    const { proposals } = api.stores;
    const asItWas = await proposals.find(proposal.id as string);
    expect((await approve(proposal)).status).toBe(200);
    // As when another node has approved it after it was read here, and this one has its configuration already.
    const read = jest.spyOn(proposals, 'find').mockReturnValueOnce(asItWas);
    try {
      expect((await approve(proposal)).json).toMatchObject({
        type: 'urn:tokenwright:problem:proposal-decided',
        detail: 'It was approved by "second".',
      });
    } finally {
      read.mockRestore();
    }
    await api.done('POST', `${PROCEDURE}/rollback`, {}, 200);
  });

  test('a binding is stale when the version that would answer is another one', async () => {
    const proposal = await proposed('PUT', BINDING, { body: { procedure: 'mine' } });
    expect(proposal.changes[0].source).toContain('+function result');
    await approve(await activate(2));
    expect((await approve(proposal)).json.type).toBe('urn:tokenwright:problem:proposal-stale');
    await api.done('POST', `${PROCEDURE}/rollback`, {}, 200);
  });

  test('after thirty days nobody approves a proposal any more', async () => {
    const proposal = await activate(2);
    api.now = START + PROPOSAL_LIFETIME;
    try {
      expect((await api.call('GET', `${PROPOSALS}/${proposal.id as string}`)).json.state).toBe('expired');
      expect((await approve(proposal)).json).toMatchObject({ status: 409, type: 'urn:tokenwright:problem:proposal-decided' });
    } finally {
      api.now = START;
    }
    expect(await active()).toBe(1);
  });

  test('of two who approve at once one has done it', async () => {
    const proposal = await activate(2);
    const answers = await Promise.all(
      [SECOND, THIRD, SECOND, THIRD].map((token) => api.call('POST', `${PROPOSALS}/${proposal.id as string}/approve`, asBearer(token))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    await api.done('POST', `${PROCEDURE}/rollback`, {}, 200);
  });

  test('what is not valid is refused before anybody is asked to look at it', async () => {
    expect((await api.call('PUT', BINDING, { body: { procedure: 'nowhere' } })).status).toBe(422);
    expect((await api.call('POST', `${PROCEDURE}/activate`, { body: { version: 9 } })).status).toBe(422);
    expect((await api.call('PUT', '/p/p', { body: { issuer: '/~' }, headers: { 'if-match': '"999"' } })).status).toBe(412);
  });

  test('everything that decides what tokens say needs it; uploads, buckets and switching off do not', async () => {
    const body = (value: object): CallOptions => ({ body: value });
    const guarded: readonly (readonly [string, string, CallOptions?])[] = [
      ['PUT', '/p/p', body({ issuer: '/other', scopes: {} })],
      ['PUT', '/p/new', body({ issuer: '/~/new' })],
      ['PUT', '/p/p/endpoints/f', body({ kind: 'oauth-revoke', path: '/revoke' })],
      ['PUT', BINDING, body({ procedure: 'mine' })],
      ['PUT', '/p/p/token-issuers/i', body({ kind: 'jwt' })],
      ['PUT', '/p/p/http-clients/h', body({})],
      ['PUT', '/p/p/secrets/s', body({ value: 'hidden-value' })],
      ['POST', '/p/p/clients', body({ id: 'c' })],
      ['POST', '/admin/v1/administrators', body({ id: 'x', role: 'admin' })],
      ['DELETE', '/admin/v1/administrators/third'],
      ['POST', '/admin/v1/administrators/third/token'],
      ['PUT', '/admin/v1/configuration', { body: 'profiles: { filed: { issuer: /~/filed } }', type: 'application/yaml' }],
    ];
    for (const [method, url, options] of guarded) {
      const answer = await api.call(method, url, options);
      expect([method, url, answer.status]).toEqual([method, url, 202]);
      await api.done('POST', `${PROPOSALS}/${answer.json.id as string}/withdraw`, {}, 200);
    }
    await api.done('PUT', '/p/p/buckets/b', {}, 201);
    await api.done('POST', `${PROCEDURE}/versions`, { body: `${SOURCE}// 3`, type: 'text/javascript' }, 201);
    await approve(await proposed('PUT', '/p/p/clients/c', { body: { name: 'c' } }));
    expect((await api.call('PUT', '/p/p/clients/c', { body: { name: 'c', enabled: false } })).json).toMatchObject({ enabled: false });
    expect((await api.call('PUT', '/p/p/clients/c', { body: { name: 'c', enabled: true } })).status).toBe(202);
  });

  test('an upload that is to be active is stored, and its activation proposed', async () => {
    const proposal = await proposed('POST', `${PROCEDURE}/versions?activate=true`, { body: `${SOURCE}// 4 warn`, type: 'text/javascript' });
    expect(proposal).toMatchObject({ action: 'procedure.activate', findings: [{ message: 'Slow pattern' }] });
    expect((await api.call('GET', `${PROCEDURE}/versions/4`)).json).toMatchObject({ createdBy: 'admin' });
    expect(await active()).toBe(1);
    await approve(proposal);
    expect(await active()).toBe(4);
  });

  test('a file is approved as a whole, with its text, and changes nothing before', async () => {
    const file = `profiles:\n  filed: { issuer: /~/filed, clients: { app: { secret: a-Secr3t-of-the-file } } }\n`;
    const proposal = await proposed('PUT', '/admin/v1/configuration', { body: file, type: 'application/yaml' });
    expect(proposal).toMatchObject({ action: 'configuration.apply', kind: 'configuration', key: '' });
    expect((await api.call('GET', '/p/filed')).status).toBe(404);
    expect((await approve(proposal)).status).toBe(200);
    expect((await api.call('GET', '/p/filed')).json).toMatchObject({ origin: 'file' });
    expect((await api.call('GET', '/p/filed/keys')).json.items.length).toBeGreaterThan(0);
    // The same file again has nothing to propose.
    expect((await api.call('PUT', '/admin/v1/configuration', { body: file, type: 'application/yaml' })).json.changes).toEqual([]);
  });

  test('a secret is told to its author once, is never shown to reviewers and is valid from the approval on', async () => {
    const proposal = await proposed('POST', '/p/p/clients', { body: { id: 'told', capabilities: ['introspection'] } });
    const { secret } = proposal.revealed as { secret: string };
    expect(secret.length).toBeGreaterThan(20);
    const from = api.answered.length;
    expect((await api.call('GET', `${PROPOSALS}/${proposal.id as string}`)).json).not.toHaveProperty('revealed');
    await approve(proposal);
    await api.call('GET', '/p/p/clients/told');
    await proposed('PUT', '/p/p/secrets/pepper', { body: { value: 'the-hidden-value' } });
    await api.call('GET', PROPOSALS);
    const shown = [...api.answered.slice(from), ...api.logged, JSON.stringify(api.events())].join('\n');
    for (const text of [secret, 'the-hidden-value', 'sealedValue', 'a-Secr3t-of-the-file']) expect(shown).not.toContain(text);
    expect(api.live.current.get('client', 'p/told')?.secrets).toHaveLength(1);
  });

  test('who was shown the token of another administrator is no second one, until the owner has made a new one', async () => {
    const creation = await proposed('POST', '/admin/v1/administrators', { body: { id: 'made', role: 'admin' } });
    const { token } = creation.revealed as { token: string };
    expect((await api.call('GET', '/admin/v1/status', asBearer(token))).status).toBe(401);
    await approve(creation);
    const proposal = await proposed('PUT', BINDING, { body: { procedure: 'mine' } });
    const url = `${PROPOSALS}/${proposal.id as string}/approve`;
    const refused = await api.call('POST', url, asBearer(token));
    expect([refused.status, refused.json.detail]).toEqual([403, expect.stringContaining('tokenwright admin renew-token made')]);
    // Nor the other way round.
    const ofMade = (await api.call('PUT', BINDING, { body: { procedure: 'mine' }, ...asBearer(token) })).json;
    expect((await api.call('POST', `${PROPOSALS}/${ofMade.id as string}/approve`)).status).toBe(403);
    const renewed = await api.call('POST', '/admin/v1/administrators/made/token', asBearer(token));
    expect(renewed.status).toBe(200);
    expect((await api.call('POST', url, asBearer(renewed.json.token as string))).status).toBe(200);
  });

  test('they are listed and paged, those that wait apart', async () => {
    const mine = await proposed('DELETE', BINDING);
    const { json } = await api.call('GET', `${PROPOSALS}?limit=2`);
    expect(json.items).toHaveLength(2);
    for (const item of json.items) expect(proposalSummaryAnswer.safeParse(item).error).toBeUndefined();
    expect((await api.call('GET', `${PROPOSALS}?limit=2&after=${json.next as string}`)).json.items[0].id).not.toBe(json.items[1].id);
    const waiting = (await api.call('GET', `${PROPOSALS}?waiting=true&author=admin`)).json.items as Json[];
    expect(waiting[0]).toMatchObject({ id: mine.id, state: 'open' });
    expect(waiting.every(({ decidedBy }) => decidedBy === null)).toBe(true);
    expect((await api.call('GET', `${PROPOSALS}/none`)).status).toBe(404);
  });
});

describe('without the rule', () => {
  let plain: TestAdminApi;
  beforeAll(async () => {
    plain = await TestAdminApi.start();
    await plain.furnish();
    await plain.done('POST', `${PROCEDURE}/versions`, { as: 'author', body: `${SOURCE}// 2`, type: 'text/javascript' }, 201);
  });
  afterAll(() => plain.close());

  test('an author proposes an activation and an admin approves it; an admin activates alone', async () => {
    const { json } = await plain.done('POST', `${PROCEDURE}/activate`, { as: 'author', body: { version: 2 } }, 202);
    expect((await plain.call('GET', PROCEDURE)).json.activeVersion).toBe(1);
    await plain.done('POST', `${PROPOSALS}/${json.id as string}/approve`, {}, 200);
    expect((await plain.call('GET', PROCEDURE)).json.activeVersion).toBe(2);
    expect((await plain.call('POST', `${PROCEDURE}/activate`, { body: { version: 1 } })).json.activeVersion).toBe(1);
    expect((await plain.call('GET', '/admin/v1/status')).json.fourEyes).toBe(false);
  });

  test('an author withdraws a proposal of their own only', async () => {
    const { json } = await plain.done('POST', `${PROCEDURE}/activate`, { as: 'author', body: { version: 2 } }, 202);
    expect((await plain.call('POST', `${PROPOSALS}/${json.id as string}/withdraw`)).status).toBe(403);
    expect((await plain.call('POST', `${PROPOSALS}/${json.id as string}/withdraw`, { as: 'author' })).json.state).toBe('withdrawn');
  });
});

describe('where nobody could approve', () => {
  test('the only administrator adds a second one alone, and nothing else', async () => {
    const alone = await TestAdminApi.start();
    try {
      alone.fourEyes = true;
      await alone.done('POST', '/admin/v1/administrators', { body: { id: 'second', role: 'admin' } }, 201);
      await alone.done('POST', '/admin/v1/administrators', { body: { id: 'third', role: 'admin' } }, 202);
      await alone.done('PUT', '/p/p', { body: { issuer: '/~' } }, 202);
    } finally {
      await alone.close();
    }
  });
});
