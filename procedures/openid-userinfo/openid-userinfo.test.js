describe('the default answer to a client that asks who somebody is (OpenID Connect Core section 5.3.2)', () => {
  it('has the subject, and the claims that the scopes release', async () => {
    const alice = { subject: 'alice', name: 'Alice', email: 'alice@example.com', shoe_size: 38 };
    const ran = await run('userinfo', { user: alice, scopes: ['openid', 'email'] });
    expect(ran).toBeAnswered(200);
    expect(ran.response.body).toEqual({ sub: 'alice', email: 'alice@example.com' });
  });

  it('has the subject alone where nothing else is released', async () => {
    const ran = await run('userinfo', { user: { subject: 'alice', name: 'Alice' }, scopes: ['openid'] });
    expect(ran.response.body).toEqual({ sub: 'alice' });
  });
});
