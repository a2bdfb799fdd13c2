import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { admin, CLIENT, postForm, type RunningService } from '../support/running-service.ts';
import { bind, install, upload } from '../support/procedures.ts';
import { decoded, verified } from '../support/signatures.ts';
import { claimsOf, introspected, INACTIVE, startWireService, TOKEN_PATH, tokenOf, until } from '../support/wire-service.ts';

let service: RunningService;
let token: string;
beforeAll(async () => {
  service = await startWireService();
  token = (await tokenOf(service, CLIENT, { scope: 'read' })).access_token;
});
afterAll(() => service.stop());

const DEFAULT = '/oauth/v2/oauth-introspect';
const answering = (text: string) =>
  `function result(context) { return { active: context.presentedToken.active, said: ${JSON.stringify(text)} }; }`;
const said = async (path?: string) => (await claimsOf(service, token, path === undefined ? {} : { path }))['said'];
const problem = async (response: Response) => ({
  status: response.status,
  ...((await response.json()) as { type: string; findings?: { code: string; line?: number; column?: number }[]; errors?: unknown[] }),
});

describe('an administrator', () => {
  test('uploads and binds a procedure, and the answer changes within a second, at that endpoint alone', async () => {
    const before = (await introspected(service, token, { path: DEFAULT })).text;
    expect((await upload(service, 'greeting', answering('hello'))).status).toBe(201);
    await bind(service, 'greeting');
    await until('the new answer', async () => (await said()) === 'hello', 1000);
    expect((await introspected(service, token, { path: DEFAULT })).text).toBe(before);
    expect((await introspected(service, 'unknown')).text).toBe(INACTIVE);
    await bind(service, null);
    expect(await said()).toBeUndefined();
  });

  test('plays the example of the tutorial: 14 members and no others, phantom_token verifies', async () => {
    await install(service, 'phantom-token', readFileSync(join(process.cwd(), 'procedures/examples/phantom-token.js'), 'utf8'));
    const claims = await claimsOf(service, token);
    const names = 'sub purpose iss active token_type client_id aud nbf phantom_token scope expired_scope exp delegationId iat';
    expect(Object.keys(claims).sort()).toEqual(names.split(' ').sort());
    const { payload } = await verified(service, String(claims['phantom_token']));
    const { phantom_token: _jwt, active: _active, token_type: _type, expired_scope: _expired, ...data } = claims;
    expect(payload).toEqual({ ...data, jti: expect.any(String) });
    await bind(service, null);
  });

  test('activates versions and rolls them back; a pinned binding stays at its version', async () => {
    await install(service, 'versions', answering('one'));
    await bind(service, 'versions', 'oauth-introspect', 'introspection-quick', 1);
    expect((await upload(service, 'versions', answering('two'))).status).toBe(201);
    expect([await said(), await said('/introspection-quick')]).toEqual(['two', 'one']);
    expect((await upload(service, 'versions', answering('three'), 'oauth-introspect', false)).status).toBe(201);
    expect(await said()).toBe('two');
    expect((await admin(service, 'POST', '/procedures/versions/activate', { version: 3 })).status).toBe(200);
    expect([await said(), await said('/introspection-quick')]).toEqual(['three', 'one']);
    expect((await admin(service, 'POST', '/procedures/versions/rollback')).status).toBe(200);
    expect(await said()).toBe('two');
    expect((await admin(service, 'POST', '/procedures/versions/activate', { version: 9 })).status).toBe(422);
    await bind(service, null);
    await bind(service, null, 'oauth-introspect', 'introspection-quick');
  });

  test('cannot bind what does not exist, has another flow, or has no version', async () => {
    const put = (endpoint: string, flow: string, body: unknown) =>
      admin(service, 'PUT', `/profiles/token-service/endpoints/${endpoint}/bindings/${flow}`, body);
    await upload(service, 'of-introspection', answering('x'));
    await admin(service, 'POST', '/procedures', { id: 'empty', flow: 'oauth-introspect' });
    expect((await put('introspection', 'oauth-introspect', { procedure: 'nothing' })).status).toBe(422);
    expect((await put('introspection', 'oauth-introspect-application-jwt', { procedure: 'of-introspection' })).status).toBe(422);
    expect((await put('introspection', 'oauth-introspect', { procedure: 'of-introspection', version: 7 })).status).toBe(422);
    expect((await put('introspection', 'oauth-introspect', { procedure: 'empty' })).status).toBe(422);
    expect((await put('oauth-token', 'oauth-introspect', { procedure: 'of-introspection' })).status).toBe(422);
    expect((await put('nowhere', 'oauth-introspect', { procedure: 'of-introspection' })).status).toBe(404);
    expect(await said()).toBeUndefined();
  });

  test('cannot delete a procedure that is bound', async () => {
    await install(service, 'needed', answering('needed'));
    expect((await admin(service, 'DELETE', '/procedures/needed')).status).toBe(409);
    expect(await said()).toBe('needed');
    await bind(service, null);
    expect((await admin(service, 'DELETE', '/procedures/needed')).status).toBe(204);
  });

  test('sees who changed what', async () => {
    await upload(service, 'audited', answering('a'));
    const { items } = (await (await admin(service, 'GET', '/audit?limit=5')).json()) as {
      items: { actor: string; key: string; action: string }[];
    };
    expect(items.filter(({ key }) => key.startsWith('audited')).map(({ actor }) => actor)).toEqual(expect.arrayContaining(['admin']));
  });
});

describe('an upload', () => {
  test.each([
    ['a syntax error', 'function result(context) {\n  return {;\n}\n', 'syntax', 2],
    ['async', 'async function result(context) {\n  return {};\n}\n', undefined, 1],
    ['import', "import fs from 'node:fs';\nfunction result(context) { return {}; }", undefined, 1],
    ['no result', 'function other() {\n  return {};\n}\n', undefined, undefined],
    ['a break-out of the wrapper', '}); process.exit(); (function () {', undefined, 1],
    ['with', 'function result(context) {\n  with (context) { return {}; }\n}', undefined, 2],
    ['Packages', 'function result(context) {\n  return { a: Packages.java.lang.System.exit(1) };\n}', undefined, 2],
    ['a foreign Java class', "var R = Java.type('java.lang.Runtime');\nfunction result(context) { return {}; }", undefined, 1],
    ['an assignment to a built-in', 'function result(context) {\n  Array.prototype.map = null;\n  return {};\n}', undefined, 2],
  ])('with %s answers 422 with the place, and nothing is stored', async (_what, source, code, line) => {
    const { status, type, findings = [] } = await problem(await upload(service, 'refused', source));
    expect([status, type]).toEqual([422, 'urn:tokenwright:problem:procedure-refused']);
    expect(findings.length).toBeGreaterThan(0);
    const [first] = findings;
    if (code !== undefined) expect(first?.code).toBe(code);
    if (line !== undefined) expect([first?.line, typeof first?.column]).toEqual([line, 'number']);
    expect((await admin(service, 'GET', '/procedures/refused')).status).toBe(404);
    expect((await admin(service, 'GET', '/procedures/refused/versions')).status).toBe(404);
  });

  test('to a procedure that answers leaves its active version in force when it is refused', async () => {
    await install(service, 'steady', answering('steady'));
    expect((await upload(service, 'steady', 'function result(context) { return {')).status).toBe(422);
    expect(await said()).toBe('steady');
    const { items } = (await (await admin(service, 'GET', '/procedures/steady/versions')).json()) as { items: unknown[] };
    expect(items).toHaveLength(1);
    await bind(service, null);
  });

  test('that is too large, empty or no UTF-8 is refused', async () => {
    expect((await upload(service, 'large', `function result(context) { return {}; }\n// ${'x'.repeat(300_000)}`)).status).toBe(413);
    expect((await upload(service, 'empty-text', '')).status).toBeGreaterThanOrEqual(400);
    const headers = { authorization: `Bearer ${service.adminToken}`, 'content-type': 'text/javascript' };
    const latin = await fetch(`${service.adminUrl}/admin/v1/procedures/latin/versions?flow=oauth-introspect`, {
      method: 'POST',
      headers,
      body: Buffer.from('// \xe9\nfunction result(c) { return {}; }', 'latin1'),
    });
    expect(latin.status).toBe(400);
    expect((await upload(service, 'of-nothing', answering('x'), 'no-such-flow' as never)).status).toBeGreaterThanOrEqual(400);
  });
});

describe('exceptionFactory: the refusal is on the wire exactly as thrown', () => {
  test.each([
    ["badRequestException('invalid_target', 'No such API.')", 400, 'invalid_target', 'No such API.'],
    ["badRequestException('Only a description.')", 400, 'invalid_request', 'Only a description.'],
    ["badRequestException('my-own code', 'Mine.')", 400, 'my-own code', 'Mine.'],
    ["unauthorizedException('Go away.')", 401, 'invalid_client', 'Go away.'],
    ["forbiddenException('Not for you.')", 403, 'access_denied', 'Not for you.'],
    ["notFoundException('Nothing here.')", 404, 'not_found', 'Nothing here.'],
    ["internalServerException('Sorry.')", 500, 'server_error', 'Sorry.'],
    ['internalServerException()', 500, 'server_error', expect.any(String)],
  ])('%s', async (call, status, error, description) => {
    await install(
      service,
      'refusing',
      `function result(context) { throw exceptionFactory.${call}; }`,
      'oauth-token-client-credentials',
      'oauth-token',
    );
    try {
      const response = await postForm(service.url + TOKEN_PATH, { grant_type: 'client_credentials' }, { as: CLIENT });
      expect([response.status, await response.json()]).toEqual([status, { error, error_description: description }]);
      expect(response.headers.get('cache-control')).toBe('no-store');
    } finally {
      await bind(service, null, 'oauth-token-client-credentials', 'oauth-token');
    }
  });
});

describe('a dry run', () => {
  const PHANTOM = readFileSync(join(process.cwd(), 'procedures/examples/phantom-token.js'), 'utf8');
  interface Report {
    readonly outcome: string;
    readonly answer: { readonly status: number; readonly headers: Record<string, string>; readonly body: string };
    readonly fault: { readonly kind: string; readonly line?: number; readonly column?: number } | null;
    readonly findings: readonly unknown[];
    readonly issued: readonly { readonly header: Record<string, unknown>; readonly claims: Record<string, unknown> }[];
    readonly effects: readonly { readonly kind: string }[];
    readonly log: readonly { readonly level: string; readonly message: string }[];
    readonly usage: {
      readonly wallMilliseconds: number;
      readonly cpuMilliseconds: number;
      readonly heapBytes: number;
      readonly runs: number;
    } | null;
  }
  const dryRun = async (body: Record<string, unknown>): Promise<Report> => {
    const response = await admin(service, 'POST', '/dry-run', { profile: 'token-service', ...body });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as Report;
  };
  const countOf = async (path: string) =>
    ((await (await admin(service, 'GET', `/profiles/token-service/${path}?limit=500`)).json()) as { items: unknown[] }).items.length;

  test('answers as production does', async () => {
    await install(service, 'rehearsed', PHANTOM);
    const real = await claimsOf(service, token);
    await bind(service, null);
    const report = await dryRun({ flow: 'oauth-introspect', program: { source: PHANTOM }, client: 'gateway_client', scopes: ['read'] });
    expect([report.outcome, report.answer.status, report.fault, report.findings]).toEqual(['answered', 200, null, []]);
    expect(Object.keys(JSON.parse(report.answer.body) as object)).toEqual(Object.keys(real));
    expect(report.answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    expect(report.usage).toEqual({
      wallMilliseconds: expect.any(Number),
      cpuMilliseconds: expect.any(Number),
      heapBytes: expect.any(Number),
      runs: expect.any(Number),
    });
  });

  test('signs with a key of its own that no API accepts', async () => {
    const report = await dryRun({ flow: 'oauth-introspect', program: { source: PHANTOM } });
    const jwt = String((JSON.parse(report.answer.body) as Record<string, unknown>)['phantom_token']);
    expect(decoded(jwt).header).toMatchObject({ kid: 'dry-run', typ: 'at+jwt' });
    expect(report.issued[0]?.header['kid']).toBe('dry-run');
    await expect(verified(service, jwt)).rejects.toThrow();
    expect((await introspected(service, jwt)).text).toBe(INACTIVE);
  });

  test('stores nothing: no token, no delegation, no procedure, no revision', async () => {
    const state = async () => [
      await countOf('tokens'),
      await countOf('delegations'),
      ((await (await admin(service, 'GET', '/status')).json()) as { revision: number }).revision,
    ];
    const before = await state();
    const source = readFileSync(join(process.cwd(), 'procedures/oauth-token-client-credentials/oauth-token-client-credentials.js'), 'utf8');
    const report = await dryRun({ flow: 'oauth-token-client-credentials', program: { source }, client: 'server-client' });
    expect([report.outcome, report.answer.status]).toEqual(['answered', 200]);
    expect(report.effects.map(({ kind }) => kind)).toEqual(['delegation', 'opaque access_token']);
    const issued = String((JSON.parse(report.answer.body) as Record<string, unknown>)['access_token']);
    expect((await introspected(service, issued)).text).toBe(INACTIVE);
    expect(await state()).toEqual(before);
  });

  test('shows faults, refusals and log lines with their place', async () => {
    const faulty = await dryRun({
      flow: 'oauth-introspect',
      program: { source: "function result(context) {\n  logger.info('seen {}', 1);\n  return context.nothing.at.all;\n}" },
    });
    expect(faulty).toMatchObject({
      outcome: 'fault',
      answer: { status: 500 },
      fault: { kind: 'runtime', line: 3 },
      log: [{ level: 'info', message: 'seen 1' }],
    });
    const looping = await dryRun({ flow: 'oauth-introspect', program: { source: 'function result(context) {\n  for (;;) {}\n}' } });
    expect(looping).toMatchObject({ outcome: 'fault', fault: { kind: 'timeout' } });
    expect(looping.fault?.line ?? 2).toBe(2);
    const rejecting = await dryRun({
      flow: 'oauth-introspect',
      program: { source: "function result(context) { throw exceptionFactory.forbiddenException('No.'); }" },
    });
    expect([rejecting.outcome, rejecting.answer.status, JSON.parse(rejecting.answer.body)]).toEqual([
      'rejected',
      403,
      { error: 'access_denied', error_description: 'No.' },
    ]);
    const refused = await dryRun({ flow: 'oauth-introspect', program: { source: 'function result(context) {' } });
    expect([refused.outcome, refused.findings.length > 0]).toEqual(['refused', true]);
    const widening = await dryRun({
      flow: 'oauth-introspect',
      program: { source: 'function result(context) { return { active: true, exp: 99999999999 }; }' },
    });
    expect(widening).toMatchObject({ outcome: 'fault', fault: { kind: 'invalid-response' } });
  }, 15_000);

  test('of the JWT flow and of an inactive token answers as the endpoint would', async () => {
    const source = readFileSync(
      join(process.cwd(), 'procedures/oauth-introspect-application-jwt/oauth-introspect-application-jwt.js'),
      'utf8',
    );
    const active = await dryRun({ flow: 'oauth-introspect-application-jwt', program: { source } });
    expect([active.answer.status, active.answer.headers['content-type'], active.answer.body.split('.').length]).toEqual([
      200,
      'application/jwt',
      3,
    ]);
    const inactive = await dryRun({ flow: 'oauth-introspect-application-jwt', program: { source }, tokenData: null });
    expect([inactive.answer.status, inactive.answer.body]).toEqual([204, '']);
  });

  test('of what does not exist is 422 with a pointer', async () => {
    for (const [body, pointer] of [
      [{ flow: 'oauth-introspect', program: { procedure: 'nothing', version: 1 } }, '/program'],
      [{ flow: 'oauth-introspect', program: { source: 'x' }, client: 'nobody' }, '/client'],
      [{ flow: 'oauth-introspect', program: { source: answering('x') }, client: 'nobody' }, '/client'],
      [{ flow: 'oauth-introspect', program: { source: answering('x') }, endpoint: 'nowhere' }, '/endpoint'],
      [{ flow: 'no-such-flow', program: { source: 'x' } }, '/flow'],
    ] as const) {
      const response = await admin(service, 'POST', '/dry-run', { profile: 'token-service', ...body });
      const text = await response.text();
      if ('source' in body.program && body.program.source === 'x' && body.flow === 'oauth-introspect') {
        // The source is looked at first: that it is refused is an answer.
        expect([200, 422]).toContain(response.status);
        continue;
      }
      expect([response.status, text.includes(pointer)]).toEqual([422, true]);
    }
  });
});

describe('a change', () => {
  test('is never seen by half, also under load', async () => {
    // Both flows of the endpoint change together with the procedure's version; an answer tells which version made it.
    const marked = (version: number) =>
      `const MARK = ${version};\nfunction second() { return ${version}; }\nfunction result(context) { return { active: true, first: MARK, second: second() }; }`;
    await install(service, 'marked', marked(0));
    let done = false;
    const seen = new Set<string>();
    const wrong: string[] = [];
    const load = Array.from({ length: 8 }, async () => {
      while (!done) {
        const { status, text } = await introspected(service, token);
        const { first, second } = JSON.parse(text) as { first?: number; second?: number };
        if (status !== 200 || first === undefined || first !== second) wrong.push(`${status} ${text}`);
        seen.add(String(first));
      }
    });
    for (let version = 1; version <= 8; version++) {
      expect((await upload(service, 'marked', marked(version))).status).toBe(201);
      // What is asked after the change was answered is answered by the change.
      expect((await claimsOf(service, token))['first']).toBe(version);
    }
    done = true;
    await Promise.all(load);
    expect(wrong).toEqual([]);
    expect(seen.size).toBeGreaterThan(3);
    await bind(service, null);
  }, 20_000);

  test('of a binding switches between procedures without an error', async () => {
    await install(service, 'left', answering('left'));
    await upload(service, 'right', answering('right'));
    let done = false;
    const wrong: string[] = [];
    const load = Array.from({ length: 6 }, async () => {
      while (!done) {
        const { status, text } = await introspected(service, token);
        if (status !== 200 || !/"said":"(left|right)"/.test(text)) wrong.push(`${status} ${text}`);
      }
    });
    for (let i = 0; i < 12; i++) {
      await bind(service, i % 2 === 0 ? 'right' : 'left');
      expect(await said()).toBe(i % 2 === 0 ? 'right' : 'left');
    }
    done = true;
    await Promise.all(load);
    expect(wrong).toEqual([]);
    await bind(service, null);
  }, 20_000);
});
