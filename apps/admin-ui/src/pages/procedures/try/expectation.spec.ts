import { expect, test } from '@jest/globals';
import { expectationOf, picksOf, renewed } from './expectation.ts';
import { jwtsOf } from './jwts.ts';

type Report = Parameters<typeof picksOf>[0];

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const HEADER = { alg: 'ES256', kid: 'dry-run' };
const CLAIMS = { sub: 'Zoë', tier: 'gold', iat: 1_790_000_000, jti: 'abc' };
const JWT = `${part(HEADER)}.${part(CLAIMS)}.c2ln`;

function report(members: Partial<Report>): Report {
  return {
    ...{ outcome: 'answered', fault: null, findings: [], issued: [], effects: [], log: [], calls: [], usage: null, context: null },
    ...{ muted: [], limits: {}, milliseconds: 1 },
    answer: { status: 200, headers: {}, body: '{}' },
    ...members,
  };
}

const answering = (body: unknown, headers: Record<string, string> = {}) => ({ status: 200, headers, body: JSON.stringify(body) });

test('what came must hold, and of what is another one in each run only its kind', () => {
  const answer = answering({ active: true, plan: 'gold', access_token: JWT, gone: null, list: [1] }, { 'cache-control': 'no-store' });
  const picks = picksOf(report({ answer, issued: [{ header: HEADER, claims: CLAIMS }], log: [{ level: 'info', message: 'for Zoë' }] }));
  expect(expectationOf(picks)).toEqual({
    status: 200,
    response: { active: true, plan: 'gold', access_token: { $any: 'string' }, gone: null, list: [1] },
    claims: { sub: 'Zoë', tier: 'gold', iat: { $any: 'number' }, jti: { $any: 'string' } },
  });
  const all = picks.map((pick) => ({ ...pick, hold: 'value' as const }));
  expect(expectationOf(all)).toMatchObject({ headers: { 'cache-control': 'no-store' }, log: ['for Zoë'], claims: { jti: 'abc' } });
  expect(expectationOf(picks.map((pick) => ({ ...pick, hold: 'nothing' as const })))).toEqual({});
});

test('of a refusal the error must hold, of a failure its message', () => {
  const refused = report({
    outcome: 'rejected',
    answer: { ...answering({ error: 'access_denied', error_description: 'No.' }), status: 403 },
  });
  expect(expectationOf(picksOf(refused))).toEqual({ status: 403, error: 'access_denied' });
  const fault = { kind: 'runtime', procedure: 'dry-run', version: 0, message: 'oops', stack: [], excerpt: [] };
  expect(
    expectationOf(picksOf(report({ outcome: 'fault', fault, answer: { ...answering({ error: 'server_error' }), status: 500 } }))),
  ).toEqual({
    fault: 'oops',
  });
});

test('choices are kept for what came of another run', () => {
  const picks = picksOf(report({ answer: answering({ a: 1, b: 2 }) })).map((pick) =>
    pick.name === 'a' ? { ...pick, hold: 'nothing' as const } : pick,
  );
  expect(expectationOf(renewed(picks, report({ answer: answering({ a: 3, b: 4, c: 5 }) })))).toEqual({
    status: 200,
    response: { b: 4, c: 5 },
  });
});

test('each JWT is found wherever it is, once, and what only looks like one is none', () => {
  const issued = [
    { header: HEADER, claims: CLAIMS },
    { header: HEADER, claims: { sub: 'hidden' } },
  ];
  const answer = answering({ nested: { id_token: JWT, again: JWT, fake: 'eyJub3.eyJub3.x' } }, { 'x-phantom': `Bearer ${JWT}` });
  expect(jwtsOf({ answer, issued })).toEqual([
    { where: 'nested.id_token', header: HEADER, claims: CLAIMS, text: JWT },
    { where: 'made, and not in the answer', header: HEADER, claims: { sub: 'hidden' }, text: null },
  ]);
  expect(jwtsOf({ answer: { status: 200, headers: {}, body: JWT }, issued: [] })).toMatchObject([{ where: 'the response', text: JWT }]);
});
