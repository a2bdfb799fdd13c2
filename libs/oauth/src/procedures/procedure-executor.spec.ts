import { beforeEach, describe, expect, test } from '@jest/globals';
import type { OAuthError } from '../errors.ts';
import { CeilingError } from '../issuance/claims.ts';
import { bound, claimsOf, jsonOf, ServiceUnderTest } from '../testing/service-builder.ts';
import { InProcessSandbox } from '../testing/in-process-sandbox.ts';
import { ExecutionRecord } from './execution-record.ts';
import type { ContextSection } from './host-calls.ts';
import { faultError, mintDelegationId, ProcedureExecutor, rejection, type Execution } from './procedure-executor.ts';
import type { Fault } from './sandbox.ts';

const CLIENT = {
  id: 'app',
  name: 'App',
  description: '',
  properties: { beta: 'true' },
  audiences: [],
  accessTokenTimeToLive: 1,
  idTokenTimeToLive: null,
  delegationTimeToLive: null,
  scopes: [],
  capabilities: [],
};
const SECRET = 'twa_presented-token-text';

let sandbox: InProcessSandbox;
let record: ExecutionRecord;
let executor: ProcedureExecutor;
let lines: string[];
let sections: ContextSection[];
let count = 0;

beforeEach(() => {
  sandbox = new InProcessSandbox();
  lines = [];
  sections = [];
  record = new ExecutionRecord({ write: (_level, message) => lines.push(message) }, () => 1000);
  executor = new ProcedureExecutor(sandbox, record, { wallMilliseconds: 5000 });
});

function execution(source: string, members: Partial<Execution> = {}): Execution {
  const program = { key: `p@${++count}`, procedure: 'p', version: 1, flow: 'oauth-token-client-credentials', source };
  sandbox.load(program);
  return {
    program,
    profile: 'main',
    core: '"scopeNames":["read"],"issuers":{"access":{"id":"jwt","kind":"jwt","enabled":true},"jwt":null},"defaults":{}',
    minted: {},
    likely: [],
    section: (name) => {
      sections.push(name);
      return name === 'client' ? JSON.stringify(CLIENT) : '{}';
    },
    issue: (issuer, delegation, data) => `token(${issuer},${delegation},${data})`,
    mint: (kind) => `minted ${kind}`,
    secrets: () => [SECRET],
    ...members,
  };
}

const run = async (source: string, members: Partial<Execution> = {}) =>
  JSON.parse((await executor.run(execution(source, members))).response) as Record<string, unknown>;

async function refusal(source: string, members: Partial<Execution> = {}): Promise<OAuthError> {
  try {
    await executor.run(execution(source, members));
  } catch (error) {
    return error as OAuthError;
  }
  throw new Error('was answered');
}

describe('the context of a run', () => {
  test('holds what the flow always sends; a section that is read is fetched once, and from then on sent along', async () => {
    const first = execution('function result(c) { return { beta: c.client.properties.beta, again: c.client.id }; }');
    await executor.run(first);
    expect(sandbox.last()).toMatchObject({ runs: 2, asked: [{ kind: 'section', args: 'client' }] });
    await executor.run(first);
    expect(sandbox.last()).toMatchObject({ runs: 1, asked: [] });
    expect(JSON.parse(sandbox.last().context)).toMatchObject({ scopeNames: ['read'], client: { id: 'app' } });
  });

  test('what one program reads is not sent to another', async () => {
    await run('function result(c) { return { id: c.client.id }; }');
    await run('function result() { return {}; }');
    expect(JSON.parse(sandbox.last().context)).not.toHaveProperty('client');
  });

  test('a section that does not exist is refused, and does not spoil the runs that follow', async () => {
    const one = execution('function result() { return {}; }');
    await executor.run(one);
    const invocation = sandbox.last();
    for (const args of ['nothing', '', 'client","x":"', '__proto__', 'constructor'])
      expect(await invocation.answer({ kind: 'section', args })).toMatchObject({ error: { code: 'fault' } });
    await executor.run(one);
    expect(Object.keys(JSON.parse(sandbox.last().context) as object).sort()).toEqual(['defaults', 'issuers', 'scopeNames']);
  });

  test('a section that cannot be made fails the run and is not remembered as read', async () => {
    let broken = true;
    const one = execution('function result(c) { return { id: c.client.id }; }', {
      section: () => {
        if (broken) throw new Error('database away');
        return JSON.stringify(CLIENT);
      },
    });
    await expect(executor.run(one)).rejects.toMatchObject({ code: 'server_error' });
    broken = false;
    expect(JSON.parse((await executor.run(one)).response)).toEqual({ id: 'app' });
  });

  test('has the deadline of the settings, the time of the machine and a seed', async () => {
    const before = Date.now();
    await run('function result() { return {}; }');
    const { now, deadline, seed } = sandbox.last();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(deadline - now).toBe(5000);
    expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).toBe(true);
  });
});

describe('host calls', () => {
  test('issue hands issuer, delegation and data over, whatever the data holds', async () => {
    const answer = await run("function result(c) { return { t: c.accessTokenIssuer.issue({ text: 'a\\nb\\u2028' }) }; }");
    expect(answer).toEqual({ t: 'token(jwt,,{"text":"a\\nb\u2028"})' });
  });

  test('a ceiling that is passed is thrown inside the procedure, with the message for its author', async () => {
    const issue = () => {
      throw new CeilingError('exp is too late');
    };
    expect(
      await run(
        'function result(c) { try { c.accessTokenIssuer.issue({}); } catch (e) { return { message: e.message, code: e.code }; } }',
        { issue },
      ),
    ).toEqual({ message: 'exp is too late', code: 'fault' });
    expect(await refusal('function result(c) { return { t: c.accessTokenIssuer.issue({}) }; }', { issue })).toMatchObject({
      code: 'server_error',
    });
    expect(record.faults[0]?.message).toContain('exp is too late');
    const later = () => Promise.reject(new CeilingError('later'));
    expect(
      await run('function result(c) { try { c.accessTokenIssuer.issue({}); } catch (e) { return { message: e.message }; } }', {
        issue: later,
      }),
    ).toEqual({ message: 'later' });
  });

  test('a defect of the service is no error of the procedure: the run cannot go on, and the caller sees server_error', async () => {
    const issue = () => {
      throw new Error('no signing key');
    };
    expect(
      await refusal('function result(c) { try { c.accessTokenIssuer.issue({}); } catch (e) {} return { ok: true }; }', { issue }),
    ).toMatchObject({ status: 500, code: 'server_error' });
  });

  test('randomUuid comes from the system, not from the seed of the run', async () => {
    const { a, b } = await run('function result() { return { a: randomUuid(), b: randomUuid() }; }');
    for (const uuid of [a, b]) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(a).not.toBe(b);
  });

  test('anything else is not available', async () => {
    await run('function result() { return {}; }');
    expect(await sandbox.last().answer({ kind: 'fetch', args: 'https://evil' })).toEqual({
      error: { code: 'fault', message: 'not available in flow oauth-token-client-credentials' },
    });
  });
});

describe('a refusal on purpose (PROCEDURE_API 7, exceptionFactory)', () => {
  test.each<[string, number, string, string]>([
    ["badRequestException('invalid_target', 'Not there.')", 400, 'invalid_target', 'Not there.'],
    ["badRequestException('A code, exactly', 'Why.')", 400, 'A code, exactly', 'Why.'],
    ["badRequestException('Only a description.')", 400, 'invalid_request', 'Only a description.'],
    ['badRequestException()', 400, 'invalid_request', 'The request was refused.'],
    ["unauthorizedException('Who?')", 401, 'invalid_client', 'Who?'],
    ["forbiddenException('No.')", 403, 'access_denied', 'No.'],
    ["notFoundException('Where?')", 404, 'not_found', 'Where?'],
    ['internalServerException()', 500, 'server_error', 'The request was refused.'],
  ])('%s', async (made, status, code, message) => {
    expect(await refusal(`function result() { throw exceptionFactory.${made}; }`)).toMatchObject({ status, code, message });
  });

  test('shows no token of the run, and leaves the code as it is', async () => {
    const error = await refusal(
      `function result() { throw exceptionFactory.badRequestException('invalid_grant', 'Bad token ${SECRET}!'); }`,
    );
    expect(error).toMatchObject({ code: 'invalid_grant', message: 'Bad token [token]!' });
  });

  test('is answered also when the presented text looks like a part of what carries it', async () => {
    const error = await refusal("function result() { throw exceptionFactory.badRequestException('invalid_grant', 'Why.'); }", {
      secrets: () => ['"status":', '"description"', 'invalid_grant'],
    });
    expect(error).toMatchObject({ status: 400, code: 'invalid_grant', message: 'Why.' });
  });

  test('counts as rejected, not as a failure', async () => {
    await refusal("function result() { throw exceptionFactory.forbiddenException('No.'); }");
    expect(record.faults).toEqual([]);
    expect([...record.counts.values()][0]).toMatchObject({ rejected: 1 });
  });

  test('after a token was signed keeps a code of the plain kind, and no text of the procedure', () => {
    const refused = (code: string | null) => rejection(JSON.stringify({ status: 403, code, description: 'The token is a.b.c' }), true);
    for (const code of ['access_denied', 'x', 'a'.repeat(64)])
      expect(refused(code)).toMatchObject({ status: 403, code, message: 'The request was refused.' });
    for (const code of [null, '', 'a'.repeat(65), 'A', 'a b', 'a.b', 'a1', 'a\n', '__proto__.'])
      expect(refused(code)).toMatchObject({ status: 403, code: 'access_denied', message: 'The request was refused.' });
  });

  test('is told by the execution whether a token was signed', async () => {
    const source = "function result() { throw exceptionFactory.forbiddenException('No.'); }";
    expect(await refusal(source, { hasSigned: true })).toMatchObject({ code: 'access_denied', message: 'The request was refused.' });
    expect(await refusal(source, { hasSigned: false })).toMatchObject({ code: 'access_denied', message: 'No.' });
  });

  test('reads the payload of the prelude', () => {
    expect(rejection('{"status":418,"code":null,"description":null}')).toMatchObject({
      status: 418,
      code: 'invalid_request',
      message: 'The request was refused.',
    });
  });
});

describe('a fault (PROCEDURE_API 9: fail closed)', () => {
  test.each<[string, string]>([
    ['a throw', "throw new Error('inside');"],
    ['a throw of something else', 'throw 5;'],
    ['no answer', ''],
    ['an answer that is no object', "return 'text';"],
    ['an answer that JSON cannot carry', 'return { f: function () {} };'],
    ['an imitated refusal', "throw Object.assign(new Error('x'), { status: 400, payload: '{}' });"],
  ])('%s is one fixed server_error', async (_what, body) => {
    const error = await refusal(`function result(c) { ${body} }`);
    expect(error).toMatchObject({ status: 500, code: 'server_error', message: 'The server could not complete the request.' });
    expect(record.faults).toHaveLength(1);
  });

  test.each(['"text"', '[]', 'null', '1', '', ' {}'])(
    'is a response text of the sandbox that is no object, whatever made it so: %j',
    async (response) => {
      const one = execution("function result() { logger.info('was here'); return {}; }");
      const real = sandbox.run.bind(sandbox);
      sandbox.run = async (invocation) => {
        const outcome = await real(invocation);
        return outcome.kind === 'returned' ? { ...outcome, response } : outcome;
      };
      await expect(executor.run(one)).rejects.toMatchObject({ status: 500, code: 'server_error' });
      expect(record.faults).toMatchObject([
        { kind: 'invalid-response', procedure: 'p', version: 1, message: 'result() must return a plain object' },
      ]);
      expect(lines).toContain('was here');
    },
  );

  test('masks the tokens of the run in message and log, wherever they stand', async () => {
    await refusal(`function result(c) { logger.info('got {}{}', '${SECRET}', '${SECRET}'); throw new Error('for ${SECRET}'); }`);
    expect(record.faults[0]?.message).toBe('for [token]');
    expect(lines[0]).toBe('got [token][token]');
    expect(JSON.stringify([lines, record.faults])).not.toContain(SECRET);
  });

  test('a short text that was presented is not masked: it would make logs unreadable and hides nothing', async () => {
    await refusal("function result() { throw new Error('abc'); }", { secrets: () => ['b', ''] });
    expect(record.faults[0]?.message).toBe('abc');
  });

  test('found after the run is recorded and masked the same way', () => {
    const one = execution('function result() { return {}; }');
    expect(executor.fault(one, `bad ${SECRET}`)).toMatchObject({ status: 500, message: 'The server could not complete the request.' });
    expect(record.faults[0]).toMatchObject({ kind: 'invalid-response', message: 'bad [token]', procedure: 'p', version: 1 });
  });

  test('that another attempt may mend is 503 with Retry-After, every other 500', () => {
    const fault = (members: Partial<Fault>): Fault => ({
      kind: 'unavailable',
      procedure: 'p',
      version: 1,
      message: 'm',
      stack: [],
      ...members,
    });
    expect(faultError(fault({ retryable: true }))).toMatchObject({ status: 503, code: 'temporarily_unavailable', retryAfter: 1 });
    for (const members of [{ retryable: false }, {}, { kind: 'timeout' as const }])
      expect(faultError(fault(members))).toMatchObject({ status: 500, code: 'server_error' });
  });
});

test('delegation ids have 128 bits and need no escaping', () => {
  const ids = new Set(Array.from({ length: 100 }, mintDelegationId));
  expect(ids.size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
});

describe('the sandbox that these specs run on keeps the journal of the real one (SANDBOX 3.2)', () => {
  test('a procedure that catches a suspension gains nothing, and its effects are those of the last run', async () => {
    const one = execution(
      "function result(c) { c.response.setHeader('X-Run', '1'); let id = 'caught'; try { id = c.client.id; } catch (e) {} return { id }; }",
    );
    const returned = await executor.run(one);
    expect(returned.response).toBe('{"id":"app"}');
    expect(returned.effects).toEqual([{ kind: 'header', payload: 'X-Run\n1' }]);
    expect(sandbox.last().runs).toBe(2);
  });

  test('what a script keeps at its top level does not outlive a run', async () => {
    const one = execution('let n = 0; function result() { return { n: ++n }; }');
    expect((await executor.run(one)).response).toBe('{"n":1}');
    expect((await executor.run(one)).response).toBe('{"n":1}');
  });

  test('a procedure that asks for something else when it is run again is nondeterministic', async () => {
    const world = await ServiceUnderTest.open(
      bound(
        'oauth-introspect',
        'function result(c) { return { active: true, a: c.getDefaultAccessTokenJwtIssuer().issue({ r: Math.random() }, c.delegation) }; }',
      ),
    );
    await world.introspect(await world.token());
    expect(world.service.executions.faults[0]).toMatchObject({ kind: 'nondeterministic' });
    const steady = await ServiceUnderTest.open(
      bound(
        'oauth-introspect',
        'function result(c) { return { active: true, a: c.getDefaultAccessTokenJwtIssuer().issue({ r: 1 }, c.delegation) }; }',
      ),
    );
    expect(claimsOf(String(jsonOf(await steady.introspect(await steady.token()))['a']))['r']).toBe(1);
  });
});
