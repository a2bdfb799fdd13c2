describe('the default answer to a client that exchanges an access token as before RFC 8693', () => {
  it('has an access token for the same person, within the presented one', async () => {
    const ran = await run('older-exchange', { scopes: ['read'] });
    expect(ran).toBeAnswered(200);
    expect(ran.response.body).toEqual({
      access_token: expect.stringMatching(/^twa_/),
      token_type: 'bearer',
      expires_in: 300,
      scope: 'read',
    });
    expect(ran.tokens.map(({ data }) => [data.sub, data.scope, data.act])).toEqual([['alice', 'read', { sub: 'sample-agent' }]]);
  });

  it('makes no delegation, and drops scopes that the presented token does not have', async () => {
    const ran = await run('older-exchange', { token: { scope: 'read' }, scopes: ['read', 'write'] });
    expect(ran.response.body.scope).toBe('read');
    expect(ran.delegations).toEqual([]);
    expect(ran.tokens[0]?.data.delegationId).toBe('sample-delegation');
  });
});
