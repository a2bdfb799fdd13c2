describe('the default answer to a client whose person has said yes (OpenID Connect CIBA section 10.1.1)', () => {
  it('has an access token, a refresh token and an id token of the person', async () => {
    const ran = await run('backchannel-authentication', { user: 'alice' });
    expect(ran).toBeAnswered(200);
    expect(ran.response.body).toEqual({
      access_token: expect.stringMatching(/^twa_/),
      refresh_token: expect.stringMatching(/^twr_/),
      id_token: expect.stringMatching(/^ey/),
      token_type: 'bearer',
      expires_in: 300,
      scope: 'openid read',
    });
    expect(ran.tokens.map(({ purpose, data }) => [purpose, data.sub])).toEqual([
      ['access_token', 'alice'],
      ['refresh_token', 'alice'],
    ]);
  });

  it('says in the id token who it is, and how and when they have said yes', async () => {
    const ran = await run('backchannel-authentication', { user: 'alice' });
    expect(ran.jwts[0]?.claims).toMatchObject({ sub: 'alice', aud: 'sample-client', amr: ['pwd'], auth_time: expect.any(Number) });
    expect(ran.jwts[0]?.claims.at_hash).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(ran.jwts[0]?.claims).not.toHaveProperty('nonce');
  });

  it('hangs all of it from one delegation of the person', async () => {
    const ran = await run('backchannel-authentication', { user: 'alice' });
    expect(ran.delegations).toMatchObject([{ owner: 'alice', clientId: 'sample-client' }]);
    expect(ran.tokens.every(({ data }) => data.delegationId === ran.delegations[0]?.['id'])).toBe(true);
  });
});
