describe('the default answer to a client that brings an assertion (RFC 7523 section 2.1)', () => {
  it('has an access token of whom the assertion speaks of, and no refresh token (RFC 7521 section 4.1)', async () => {
    const ran = await run('assertion', { user: 'alice', scopes: ['read'] });
    expect(ran).toBeAnswered(200);
    expect(ran.response.body).toEqual({
      access_token: expect.stringMatching(/^twa_/),
      token_type: 'bearer',
      expires_in: 300,
      scope: 'read',
    });
    expect(ran.tokens.map(({ purpose, data }) => [purpose, data.sub])).toEqual([['access_token', 'alice']]);
  });

  it('stores a delegation of that person, which the token hangs from', async () => {
    const ran = await run('assertion', { user: 'alice' });
    expect(ran.delegations).toMatchObject([{ owner: 'alice', clientId: 'sample-client', scope: 'read write' }]);
    expect(ran.tokens[0]?.data.delegationId).toBe(ran.delegations[0]?.['id']);
  });
});
