describe('the default answer to an introspection as JSON', () => {
  it('has all data of an active token, its type and its client (RFC 7662 section 2.2)', async () => {
    const ran = await run('user-token', { token: { tenant: 'acme', roles: ['reader', 'writer'] } });
    expect(ran).toBeAnswered(200);
    expect(ran.response.body).toMatchObject({
      active: true,
      sub: 'alice',
      scope: 'read write',
      token_type: 'bearer',
      client_id: 'sample-client',
      tenant: 'acme',
      roles: ['reader', 'writer'],
    });
  });

  it('has nothing but active: false of any other token (RFC 7662 section 2.2)', async () => {
    const ran = await run('inactive-token');
    expect(ran).toBeAnswered(200);
    expect(ran.response.body).toEqual({ active: false });
  });

  it('lets no claim of the token take the place of what the service says', async () => {
    const ran = await run('user-token', { token: { active: 'yes', token_type: 'mine', client_id: 'another' } });
    expect(ran.response.body).toMatchObject({ active: true, token_type: 'bearer', client_id: 'sample-client' });
  });

  it('names scopes that have ended apart from those that are left', async () => {
    const time = '2026-07-01T09:00:00Z';
    const issued = Date.parse(time) / 1000 - 120;
    const ran = await run('user-token', {
      time,
      profile: { scopes: { read: {}, short: { lifetime: 60 } } },
      scopes: ['read', 'short'],
      token: { iat: issued, nbf: issued },
    });
    expect(ran.response.body).toMatchObject({ scope: 'read', expired_scope: ['short'] });
  });

  it('is answered the same whatever the client asks for beside the token', async () => {
    const ran = await run('inactive-token', { form: { token_type_hint: 'refresh_token' }, headers: { 'X-Trace': '1' } });
    expect(ran.response.body).toEqual({ active: false });
  });
});
