const personal = sample('user-token', {
  user: { subject: 'alice', name: 'Alice', email: 'alice@example.com', tenant: 'acme', shoe_size: 38 },
});

describe('claims by scope', () => {
  it('shows the claims of the scopes that the token has', async () => {
    const ran = await run(personal, { scopes: ['profile', 'email'] });
    expect(ran.response.body).toMatchObject({ active: true, name: 'Alice', email: 'alice@example.com' });
    expect(ran.response.body).not.toHaveProperty('tenant');
  });

  it('shows none of them to a token without their scopes', async () => {
    const { response } = await run(personal, { scopes: ['read'] });
    for (const claim of ['name', 'email', 'tenant']) expect(response.body).not.toHaveProperty(claim);
  });

  it('shows to everybody what no scope stands for', async () => {
    const ran = await run(personal, { scopes: ['read'] });
    expect(ran.response.body).toMatchObject({ sub: 'alice', shoe_size: 38, client_id: 'sample-client' });
  });

  it('shows nothing of a token that is not active', async () => {
    const ran = await run('inactive-token');
    expect(ran.response.body).toEqual({ active: false });
  });
});
