import { describe, expect, test } from '@jest/globals';
import { OAuthError } from '../errors.ts';
import type { IntrospectedToken } from './introspected-token.ts';
import { checkIntrospectionResponse, INACTIVE } from './introspection-response.ts';

const EXP = 1_800_000_300;
const OWNED = { iss: 'https://as.example/~', client_id: 'app', delegationId: 'd1', purpose: 'access_token', jti: 'id1' };
const token = (members: Partial<IntrospectedToken> = {}) =>
  ({
    ...{ id: OWNED.jti, clientId: OWNED.client_id, delegationId: OWNED.delegationId, purpose: OWNED.purpose },
    ...{ expiresAt: EXP, scopes: new Set(['read', 'write']), cnf: undefined, act: undefined },
    ...members,
  }) as IntrospectedToken;
const fault = (message: string) => new OAuthError('server_error', message);
const check = (response: unknown, of = token()) => checkIntrospectionResponse(JSON.stringify(response), of, OWNED.iss, fault);

test('the inactive answer is exactly {"active":false} (PROTOCOL 1; RFC 7662 section 2.2)', () => {
  expect(INACTIVE).toBe('{"active":false}');
});

test.each([false, null, 'true', 1, [true], undefined])('active: %j is not active, whatever else the procedure says', (active) => {
  expect(check({ active, sub: 'alice', exp: EXP + 1, scope: 'admin' })).toBeNull();
});

test('an active response is sent as the very text the procedure gave', () => {
  const text = '{"active":true, "b":1,"a":2}';
  expect(checkIntrospectionResponse(text, token(), OWNED.iss, fault)).toEqual({ text, members: { active: true, b: 1, a: 2 } });
});

describe('a response does not widen the token (PROCEDURE_API 9)', () => {
  test('exp may be earlier or left out, never later or anything but a number', () => {
    expect(check({ active: true, exp: EXP })?.members['exp']).toBe(EXP);
    expect(check({ active: true, exp: EXP - 100 })).not.toBeNull();
    for (const exp of [EXP + 1, '1', null, true, [EXP]])
      expect(() => check({ active: true, exp })).toThrow("exp must be a number, not later than the presented token's");
  });

  test('scope may be any part of what the token has, as text', () => {
    for (const scope of ['', 'read', 'write read', ' read ']) expect(check({ active: true, scope })).not.toBeNull();
    for (const scope of ['admin', 'read admin', 'Read', 'read,write'])
      expect(() => check({ active: true, scope })).toThrow('was not granted to the presented token');
    for (const scope of [['read'], 1, null, {}]) expect(() => check({ active: true, scope })).toThrow('scope must be a string');
  });

  test('cnf returns to a response that dropped or changed it: else a bound token would pass for a bearer token (RFC 7800)', () => {
    const cnf = { 'x5t#S256': 'hash' };
    for (const given of [undefined, null, {}, { jkt: 'other' }, 'x'])
      expect(JSON.parse(check({ active: true, cnf: given }, token({ cnf }))?.text ?? '')).toEqual({ active: true, cnf });
    expect(check({ active: true, cnf }, token({ cnf }))?.members).toEqual({ active: true, cnf });
    expect(check({ active: true, cnf: { jkt: 'own idea' } })?.members['cnf']).toEqual({ jkt: 'own idea' });
  });

  test('act may grow; it returns when dropped and is a fault when changed (RFC 8693 section 4.1)', () => {
    const act = { sub: 'service' };
    expect(check({ active: true, act: { sub: 'gateway', act } }, token({ act }))?.members['act']).toEqual({ sub: 'gateway', act });
    expect(JSON.parse(check({ active: true }, token({ act }))?.text ?? '')).toEqual({ active: true, act });
    expect(() => check({ active: true, act: { sub: 'other' } }, token({ act }))).toThrow('must keep those of the presented token');
  });

  test('a member named __proto__ is data, also where something is put back', () => {
    const checked = checkIntrospectionResponse('{"active":true,"__proto__":{"exp":1}}', token({ cnf: { jkt: 'k' } }), OWNED.iss, fault);
    expect(checked?.text).toBe('{"active":true,"__proto__":{"exp":1},"cnf":{"jkt":"k"}}');
  });
});

describe('claims that the service owns are those of the token (PROCEDURE_API 9: set silently)', () => {
  test.each(Object.entries(OWNED))('%s', (name, own) => {
    for (const given of ['https://evil', '', 1, null, true, [own], { value: own }])
      expect(check({ active: true, [name]: given, b: 1 })).toEqual({
        text: JSON.stringify({ active: true, [name]: own, b: 1 }),
        members: { active: true, [name]: own, b: 1 },
      });
  });

  test('all at once, also beside what is put back', () => {
    const evil = Object.fromEntries(Object.keys(OWNED).map((name) => [name, 'evil']));
    const cnf = { jkt: 'k' };
    const checked = check({ active: true, ...evil }, token({ cnf }));
    expect(checked?.members).toEqual({ active: true, ...OWNED, cnf });
    expect(JSON.parse(checked?.text ?? '')).toEqual(checked?.members);
  });

  test('are not put where the procedure left them out, and the text is untouched where they are right', () => {
    expect(check({ active: true, sub: 'a' })?.members).toEqual({ active: true, sub: 'a' });
    const text = `{"active":true, ${JSON.stringify(OWNED).slice(1)}`;
    expect(checkIntrospectionResponse(text, token(), OWNED.iss, fault)?.text).toBe(text);
  });

  test('sub and aud stay as the procedure words them for this caller', () => {
    expect(check({ active: true, sub: 'pairwise-7', aud: ['gateway'], iss: 'x' })?.members).toMatchObject({
      sub: 'pairwise-7',
      aud: ['gateway'],
    });
  });

  test('no act appears where there is none to keep', () => {
    expect(check({ active: true, iss: 'x' })?.text).toBe(`{"active":true,"iss":"${OWNED.iss}"}`);
  });
});
