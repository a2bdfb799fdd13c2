describe('the default answer to a client that asks for a token for itself (RFC 6749 section 4.4)', () => {
  it('has an access token, its type, its lifetime and its scope, and no refresh token', async () => {
    const ran = await run('client', { scopes: ['read'], profile: { accessTokenLifetime: 300 } });
    expect(ran).toBeAnswered(200);
    expect(ran.response.body).toEqual({
      access_token: expect.stringMatching(/^twa_/),
      token_type: 'bearer',
      expires_in: 300,
      scope: 'read',
    });
    expect(ran.response.headers['cache-control']).toBe('no-store');
  });

  it('stores a delegation of the client, and the token that hangs from it', async () => {
    const ran = await run('client', { scopes: ['read'] });
    expect(ran.delegations).toHaveLength(1);
    expect(ran.delegations[0]).toMatchObject({ clientId: 'sample-client', owner: 'sample-client', scope: 'read' });
    expect(ran.tokens).toHaveLength(1);
    expect(ran.tokens[0]).toMatchObject({
      form: 'opaque',
      purpose: 'access_token',
      data: { sub: 'sample-client', scope: 'read', delegationId: ran.delegations[0]?.['id'] },
    });
  });

  it('grants every scope of the client to one that asks for none in particular', async () => {
    const ran = await run('client');
    expect(ran.response.body.scope).toBe('read write');
  });

  it("keeps to the client's own lifetime and audience", async () => {
    const ran = await run('client', { client: { accessTokenLifetime: 60, audiences: ['https://api.example'] } });
    expect(ran.response.body.expires_in).toBe(60);
    expect(ran.tokens[0]?.data).toMatchObject({ aud: 'https://api.example' });
  });

  it('has a JWT where that is what the client gets (RFC 9068)', async () => {
    const ran = await run('client', { client: { accessTokenFormat: 'jwt' } });
    expect(ran.jwts).toHaveLength(1);
    expect(ran.jwts[0]).toMatchObject({ header: { typ: 'at+jwt' }, claims: { sub: 'sample-client', client_id: 'sample-client' } });
    expect(ran.tokens[0]).toMatchObject({ form: 'jwt', purpose: 'access_token' });
  });
});
