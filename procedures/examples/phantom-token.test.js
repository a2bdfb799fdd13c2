describe('phantom token in the JSON answer', () => {
  it('has the data and the JWT of an active token', async () => {
    const ran = await run('user-token', { scopes: ['read'] });
    expect(ran).toBeAnswered(200);
    expect(ran.response.body).toMatchObject({ active: true, sub: 'alice', scope: 'read', phantom_token: expect.any(String) });
    expect(ran.jwts[0]?.claims).toMatchObject({ sub: 'alice', scope: 'read' });
  });

  it('leaves the JWT out where the profile issues none', async () => {
    const ran = await run('user-token', { profile: { tokenIssuers: ['opaque'] } });
    expect(ran.response.body).toMatchObject({ active: true, sub: 'alice' });
    expect(ran.response.body).not.toHaveProperty('phantom_token');
  });

  it('has neither for a token that is not active', async () => {
    const ran = await run('inactive-token');
    expect(ran.response.body).toEqual({ active: false });
    expect(ran.jwts).toEqual([]);
  });
});
