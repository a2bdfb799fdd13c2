import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { activationAnswer, sampleAnswer, sampleRunAnswer, samplesAnswer } from './sample-answers.ts';
import { MISTYPED, SOURCE, TestAdminApi, type CallOptions } from './testing/test-admin-api.ts';

let api: TestAdminApi;
beforeEach(async () => {
  api = await TestAdminApi.start();
  await api.furnish();
});
afterEach(() => api.close());

const SAMPLES = '/admin/v1/procedures/mine/samples';
const VERSIONS = '/admin/v1/procedures/mine/versions';
/** The runner of these specs looks for the text in the script. */
const wanting = (text: string): CallOptions => ({ as: 'author', body: { sample: { user: 'alice' }, expect: { log: [text] } } });
const upload = (more = '', query = '') => api.call('POST', `${VERSIONS}${query}`, { body: { source: `${SOURCE}${more}` } });

describe('samples of a procedure', () => {
  test('are saved by authors, read, listed by name and deleted', async () => {
    await api.done('PUT', `${SAMPLES}/b%20c`, wanting('x'), 200);
    const saved = await api.done('PUT', `${SAMPLES}/a`, wanting('y'), 200);
    expect(sampleAnswer.parse(saved.json)).toMatchObject({ name: 'a', sample: { user: 'alice' }, expect: { log: ['y'] } });
    const listed = await api.call('GET', SAMPLES, { as: 'read' });
    expect(samplesAnswer.parse(listed.json).items.map(({ name }) => name)).toEqual(['a', 'b c']);
    expect((await api.call('GET', '/admin/v1/procedures/mine')).json.samples).toEqual(['a', 'b c']);
    expect((await api.call('GET', `${SAMPLES}/b%20c`)).status).toBe(200);
    await api.done('DELETE', `${SAMPLES}/a`, { as: 'author' }, 204);
    expect((await api.call('DELETE', `${SAMPLES}/a`)).status).toBe(404);
    expect(api.events({ kind: 'procedure' }).map(({ action, actor }) => [action, actor])).toEqual(
      expect.arrayContaining([
        ['procedure.save-sample', 'author'],
        ['procedure.delete-sample', 'author'],
      ]),
    );
  });

  test('of a procedure that a file owns may be saved, and it stays the file’s', async () => {
    await api.giveToFile('procedure', 'mine');
    await api.done('PUT', `${SAMPLES}/a`, wanting('x'), 200);
    expect((await api.call('GET', '/admin/v1/procedures/mine')).json).toMatchObject({ origin: 'file', samples: ['a'] });
  });

  test('keep no credentials', async () => {
    const token = `twa_0000${'A'.repeat(43)}0000000`;
    const sample = { form: { token, client_secret: 's' }, headers: { Authorization: 'Basic x' } };
    const { status, json } = await api.call('PUT', `${SAMPLES}/a`, { body: { sample } });
    expect(status).toBe(422);
    expect(json.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/sample/form/token',
      '/sample/headers/Authorization',
      '/sample/form/client_secret',
    ]);
  });

  test('that make no sense are refused, with everything that is wrong', async () => {
    const { status, json } = await api.call('PUT', `${SAMPLES}/a`, { body: { sample: { usr: 1 }, expect: { status: 'x' } } });
    expect([status, json.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([422, ['/sample', '/expect/status']]);
    expect((await api.call('PUT', `${SAMPLES}/a`, { body: {} })).json.errors).toMatchObject([{ pointer: '/sample' }]);
    expect((await api.call('PUT', `${SAMPLES}/a`, { body: { context: {} } })).json.errors).toMatchObject([{ pointer: '/profile' }]);
  });

  test('made of the context of a dry run have its client as data', async () => {
    const body = { profile: 'p', context: { client: 'app', subject: 'alice', form: { a: 'b' } }, expect: {} };
    const { json } = await api.done('PUT', `${SAMPLES}/a`, { body }, 200);
    expect(json.sample).toMatchObject({
      ...{ client: { id: 'app', properties: { plan: 'gold' }, scopes: ['read'] }, user: 'alice', form: { a: 'b' }, time: api.now },
      profile: { scopes: { read: {} } },
    });
  });
});

describe('a text that is not stored', () => {
  test('is tried in a sample by authors, with all there is to see of the run, and nothing is kept', async () => {
    await api.done('PUT', `${SAMPLES}/has-a-mark`, wanting('mark'), 200);
    const before = api.events().length;
    const run = (source: string, more = {}) => api.call('POST', `${SAMPLES}/has-a-mark/run`, { as: 'author', body: { source, ...more } });
    const passed = await run(`${SOURCE}// mark`);
    expect(sampleRunAnswer.parse(passed.json)).toMatchObject({ name: 'has-a-mark', state: 'passed', report: { outcome: 'answered' } });
    expect(sampleRunAnswer.parse((await run(SOURCE)).json)).toMatchObject({
      ...{ state: 'failed', problems: ['no line of the log has mark'] },
      differences: [{ problem: 'no line of the log has mark', expected: null }],
    });
    expect((await run(MISTYPED, { language: 'typescript' })).json).toMatchObject({ status: 422, findings: [{ line: 1 }] });
    expect((await run(SOURCE, { libraries: ['none'] })).json.errors).toMatchObject([{ pointer: '/libraries/0' }]);
    expect((await api.call('POST', `${SAMPLES}/no-such/run`, { body: { source: SOURCE } })).status).toBe(404);
    expect((await api.call('GET', '/admin/v1/procedures/mine')).json.latestVersion ?? 1).toBe(1);
    expect(api.events().length).toBe(before);
  });
});

describe('a version', () => {
  beforeEach(() => api.done('PUT', `${SAMPLES}/has-a-mark`, wanting('mark'), 200));

  test('runs in the samples at its upload, and one that fails is stored all the same', async () => {
    const failing = await upload('// none');
    expect([failing.status, failing.json.tests.state]).toEqual([201, 'failed']);
    const passing = await upload('// mark');
    expect(passing.json.tests).toMatchObject({ state: 'passed', by: 'admin', samples: [{ name: 'has-a-mark', state: 'passed' }] });
    expect((await api.call('GET', `${VERSIONS}/2`)).json.tests.samples[0].problems).toEqual(['no line of the log has mark']);
  });

  test('that fails is not activated unless that is wanted, which the audit trail says', async () => {
    expect((await upload('// none', '?activate=true')).json).toMatchObject({ version: 2, active: false });
    const activate = (query = '') => api.call('POST', `/admin/v1/procedures/mine/activate${query}`, { body: { version: 2 } });
    const refused = await activate();
    expect(refused.json).toMatchObject({ type: 'urn:tokenwright:problem:samples-failed', status: 409, samples: [{ name: 'has-a-mark' }] });
    expect((await activate('?evenIfFailing=true')).json).toMatchObject({ activeVersion: 2 });
    expect(api.events({ kind: 'procedure', key: 'mine' })[0]).toMatchObject({ action: 'procedure.activate-failing', actor: 'admin' });
  });

  test('is tested again when asked, by authors, and keeps the result', async () => {
    await upload('// none');
    await api.done('PUT', `${SAMPLES}/has-a-mark`, wanting('none'), 200);
    expect((await api.done('POST', `${VERSIONS}/2/test`, { as: 'author' }, 200)).json).toMatchObject({ state: 'passed', by: 'author' });
    expect((await api.call('GET', `${VERSIONS}/2`)).json.tests.state).toBe('passed');
  });

  test('says what activating it would change, and for whom', async () => {
    await api.call('POST', '/p/p/clients', { body: { id: 'c', capabilities: ['introspection'] } });
    await api.call('POST', '/p/p/clients', { body: { id: 'd', capabilities: [] } });
    await api.call('PUT', '/p/p/endpoints/e/bindings/oauth-introspect', { body: { procedure: 'mine' } });
    await upload('// none');
    const told = activationAnswer.parse((await api.call('GET', `${VERSIONS}/2/activation`, { as: 'read' })).json);
    expect(told).toMatchObject({ active: 1, against: 'mine@1', diff: expect.stringContaining('+// none'), tests: { state: 'failed' } });
    expect(told.affected).toEqual([{ profile: 'p', endpoint: 'e', kind: 'oauth-introspect', flow: 'oauth-introspect', clients: 1 }]);
    const shipped = activationAnswer.parse((await api.call('GET', `${VERSIONS}/2/activation?against=default`)).json);
    expect(shipped).toMatchObject({ against: 'default', diff: expect.stringContaining('-// oauth-introspect') });
  });
});
