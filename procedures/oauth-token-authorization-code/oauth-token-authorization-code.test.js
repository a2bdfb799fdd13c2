describe('the default answer to a client that presents a code (RFC 6749 section 4.1.4)', () => {
  it('has an access token and a refresh token of the person, and their scope', async () => {
    const ran = await run('code', { user: 'alice', scopes: ['read'] });
    expect(ran).toBeAnswered(200);
    expect(ran.response.body).toEqual({
      access_token: expect.stringMatching(/^twa_/),
      refresh_token: expect.stringMatching(/^twr_/),
      token_type: 'bearer',
      expires_in: 300,
      scope: 'read',
    });
    expect(ran.tokens.map(({ purpose, data }) => [purpose, data.sub])).toEqual([
      ['access_token', 'alice'],
      ['refresh_token', 'alice'],
    ]);
  });

  it('stores a delegation of the person, which the tokens hang from', async () => {
    const ran = await run('code', { user: 'alice' });
    expect(ran.delegations).toMatchObject([{ owner: 'alice', clientId: 'sample-client' }]);
    expect(ran.tokens.every(({ data }) => data.delegationId === ran.delegations[0]?.['id'])).toBe(true);
  });

  it('has an id token where the client asked for openid (OpenID Connect Core section 3.1.3.3)', async () => {
    const ran = await run('openid-code', { user: 'alice' });
    expect(ran.jwts).toHaveLength(1);
    expect(ran.jwts[0]?.claims).toMatchObject({ sub: 'alice', aud: 'sample-client', nonce: 'sample-nonce' });
    expect(ran.jwts[0]?.claims.at_hash).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(ran.response.body.id_token).toMatch(/^ey/);
  });

  it('has none where it did not', async () => {
    const ran = await run('code');
    expect(ran.jwts).toEqual([]);
    expect(ran.response.body.id_token).toBe(undefined);
  });
});
