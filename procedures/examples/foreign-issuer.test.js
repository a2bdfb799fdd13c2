const time = Date.parse('2026-07-01T09:00:00Z') / 1000;
const bob = { sub: 'bob', exp: time + 120, department: 'sales', acr: 'mfa' };
const jwtType = 'urn:ietf:params:oauth:token-type:jwt';
const partner = sample('foreign-exchange', {
  time,
  client: { id: 'agent', scopes: ['orders.read', 'orders.write'] },
  httpClients: { partner: 'partner.example' },
  form: { subject_token: 'a.b.c', subject_token_type: jwtType, audience: 'https://orders.example' },
  answers: { 'verify-jwt': bob },
});

describe('a token of a partner', () => {
  it('gives one of ours, with a subject that is nobody else, for as long as it holds', async () => {
    const ran = await run(partner);
    expect(ran).toBeAnswered(200);
    expect(ran.response.body).toMatchObject({ expires_in: 120, scope: 'orders.read' });
    expect(ran.tokens[0]?.data).toMatchObject({
      sub: 'partner|bob',
      aud: 'https://orders.example',
      department: 'sales',
      act: { sub: 'agent' },
    });
    expect(ran.delegations[0]).toMatchObject({ owner: 'partner|bob', clientId: 'agent' });
  });

  it('gives no scopes to other departments', async () => {
    const ran = await run(partner, { answers: { 'verify-jwt': { ...bob, department: 'lunch' } } });
    expect(ran.tokens[0]?.data.scope).toBe('');
  });

  it('is refused when it does not verify, never ends, or is about nobody', async () => {
    const broken = [{ error: 'the signature is wrong' }, { sub: 'bob' }, { exp: time + 120 }];
    for (const answer of broken) {
      const ran = await run(partner, { answers: { 'verify-jwt': answer } });
      expect(ran).toBeDenied({ status: 400, error: 'invalid_request' });
      expect(ran.tokens).toEqual([]);
    }
  });

  it('is what it says to be: a JWT, and none of ours', async () => {
    expect(await run(partner, { form: { subject_token_type: 'urn:x:other' } })).toBeDenied({ error: 'invalid_request' });
    expect(await run('exchange', { form: { subject_token_type: jwtType } })).toBeDenied({ error: 'invalid_request' });
  });
});
