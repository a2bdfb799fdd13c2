describe('the default answer to a client that brings name and password of a person (RFC 6749 section 4.3.3)', () => {
  it('has an access token and a refresh token of the person, and their scope', async () => {
    const ran = await run('password', { user: 'alice', scopes: ['read'] });
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
    const ran = await run('password', { user: 'alice' });
    expect(ran.delegations).toMatchObject([{ owner: 'alice', clientId: 'sample-client', scope: 'read write' }]);
    expect(ran.tokens.every(({ data }) => data.delegationId === ran.delegations[0]?.['id'])).toBe(true);
  });
});
