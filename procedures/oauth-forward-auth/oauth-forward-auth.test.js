describe('the default answer to a gateway that asks whether a request may pass', () => {
  it('is yes for an active token, with its data as a JWT', async () => {
    const ran = await run('user-token', { token: { tenant: 'acme' } });
    expect(ran).toBeAnswered(200);
    expect(ran.response.text).toBe('');
    expect(ran.response.headers['authorization']).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
    expect(ran.jwts[0]).toMatchObject({
      header: { typ: 'at+jwt', alg: 'ES256' },
      claims: { sub: 'alice', scope: 'read write', tenant: 'acme', iss: 'https://sample.example/~' },
    });
  });

  it('is no for a token that is not active', async () => {
    const ran = await run('inactive-token');
    expect(ran).toBeAnswered(401);
    expect(ran.response.headers['www-authenticate']).toContain('error="invalid_token"');
    expect(ran.jwts).toEqual([]);
  });

  it('is no where the profile has no JWT issuer', async () => {
    const ran = await run('user-token', { profile: { tokenIssuers: ['opaque'] } });
    expect(ran).toBeAnswered(401);
  });
});
