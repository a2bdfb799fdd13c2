describe('the default answer of access token validation', () => {
  it('has the claims of an active token and its client, several scopes as a list', async () => {
    const ran = await run('user-token', { token: { tenant: 'acme', roles: ['reader', 'writer'] } });
    expect(ran).toBeAnswered(200);
    expect(ran.response.body).toMatchObject({
      sub: 'alice',
      scope: ['read', 'write'],
      client_id: 'sample-client',
      tenant: 'acme',
      roles: ['reader', 'writer'],
    });
    expect(Object.keys(ran.response.body)).not.toContain('active');
  });

  it('has a single scope as text, and objects as their JSON text', async () => {
    const ran = await run('user-token', { scopes: ['read'], token: { address: { locality: 'Berne' } } });
    expect(ran.response.body).toMatchObject({ scope: 'read', address: '{"locality":"Berne"}' });
  });

  it('is invalid_token for a token that is not active', async () => {
    const ran = await run('inactive-token');
    expect(ran).toBeAnswered(400);
    expect(ran.response.body).toEqual({ Message: 'invalid_token' });
  });

  it('is insufficient_scope for a token without the scope that is expected', async () => {
    const ran = await run('user-token', { scopes: ['read'], form: { expectedScope: 'write' } });
    expect(ran).toBeAnswered(400);
    expect(ran.response.body).toEqual({ Message: 'insufficient_scope' });
  });

  it('lets no claim of the token take the place of what the service says', async () => {
    const ran = await run('user-token', { token: { active: 'yes', client_id: 'another' } });
    expect(ran.response.body).toMatchObject({ client_id: 'sample-client' });
  });
});
