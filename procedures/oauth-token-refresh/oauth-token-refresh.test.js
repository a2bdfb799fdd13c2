describe('the default answer to a client that presents a refresh token (RFC 6749 section 6)', () => {
  it('has a new access token and a new refresh token of the same person', async () => {
    const ran = await run('refresh', { user: 'alice' });
    expect(ran).toBeAnswered(200);
    expect(ran.response.body).toEqual({
      access_token: expect.stringMatching(/^twa_/),
      refresh_token: expect.stringMatching(/^twr_/),
      token_type: 'bearer',
      expires_in: 300,
      scope: 'read write',
    });
    expect(ran.tokens.map(({ purpose, data }) => [purpose, data.sub])).toEqual([
      ['access_token', 'alice'],
      ['refresh_token', 'alice'],
    ]);
  });

  it('makes no delegation: the one there is stays', async () => {
    const ran = await run('refresh');
    expect(ran.delegations).toEqual([]);
    expect(ran.tokens.every(({ data }) => data.delegationId === 'sample-delegation')).toBe(true);
  });

  it('narrows the access token to the scope that was asked for, and not the refresh token', async () => {
    const ran = await run('refresh', { scopes: ['read'] });
    expect(ran.tokens.map(({ data }) => data.scope)).toEqual(['read', 'read write']);
    expect(ran.response.body.scope).toBe('read');
  });
});
