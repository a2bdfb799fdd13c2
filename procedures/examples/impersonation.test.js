const desk = sample('exchange', { client: { id: 'support-desk', scopes: ['read'] }, token: { may_act: { sub: 'support-desk' } } });

describe('impersonation', () => {
  it('gives a token of the person that names nobody else', async () => {
    const ran = await run(desk);
    expect(ran).toBeAnswered(200);
    expect(ran.tokens[0]?.data).toMatchObject({ sub: 'alice', scope: 'read' });
    expect(ran.tokens[0]?.data).not.toHaveProperty('act');
  });

  it('is refused without may_act (RFC 8693 section 4.4)', async () => {
    const ran = await run('exchange', { client: { id: 'support-desk', scopes: ['read'] } });
    expect(ran).toBeDenied({ status: 403, error: 'access_denied' });
    expect(ran).toHaveLogged('may not impersonate alice');
    expect(ran.tokens).toEqual([]);
  });

  it('is refused for what nobody here knows', async () => {
    expect(await run('foreign-exchange')).toBeDenied({ status: 403, error: 'access_denied' });
  });

  it('hides nobody who acted before', async () => {
    const ran = await run(desk, { token: { act: { sub: 'agent' } } });
    expect(ran.tokens[0]?.data.act).toEqual({ sub: 'support-desk', act: { sub: 'agent' } });
  });
});
