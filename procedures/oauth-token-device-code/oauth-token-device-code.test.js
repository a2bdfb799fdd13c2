describe('the default answer to a device that a person has allowed (RFC 8628 section 3.5)', () => {
  it('has an access token and a refresh token of the person, and their scope', async () => {
    const ran = await run('device-code', { user: 'alice', scopes: ['read'] });
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
    const ran = await run('device-code', { user: 'alice' });
    expect(ran.delegations).toMatchObject([{ owner: 'alice', clientId: 'sample-client' }]);
    expect(ran.tokens.every(({ data }) => data.delegationId === ran.delegations[0]?.['id'])).toBe(true);
  });

  it('has an id token where the device asked for openid, without a nonce (OpenID Connect Core section 3.1.3.3)', async () => {
    const ran = await run('openid-device-code', { user: 'alice' });
    expect(ran.jwts).toHaveLength(1);
    expect(ran.jwts[0]?.claims).toMatchObject({ sub: 'alice', aud: 'sample-client' });
    expect(ran.jwts[0]?.claims.nonce).toBe(undefined);
    expect(ran.jwts[0]?.claims.at_hash).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });
});
