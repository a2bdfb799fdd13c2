describe('the default answer to an introspection as a JWT', () => {
  it('is a JWT with the data of the token, as the whole body', async () => {
    const ran = await run('user-token', { token: { tenant: 'acme' } });
    expect(ran).toBeAnswered(200);
    expect(ran.response.headers['content-type']).toContain('application/jwt');
    expect(ran.response.text).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(ran.jwts).toHaveLength(1);
    expect(ran.jwts[0]).toMatchObject({
      header: { typ: 'at+jwt', alg: 'ES256' },
      claims: { sub: 'alice', scope: 'read write', tenant: 'acme', iss: 'https://sample.example/~' },
    });
  });

  it('is empty of a token that is not active', async () => {
    const ran = await run('inactive-token');
    expect(ran).toBeAnswered(204);
    expect(ran.response.text).toBe('');
    expect(ran.jwts).toEqual([]);
  });

  it('is empty where the profile has no JWT issuer', async () => {
    const ran = await run('user-token', { profile: { tokenIssuers: ['opaque'] } });
    expect(ran).toBeAnswered(204);
    expect(ran.jwts).toEqual([]);
  });
});
