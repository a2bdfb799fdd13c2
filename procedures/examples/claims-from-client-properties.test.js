describe('claims from client properties', () => {
  it('become claims of the access token, without their prefix', async () => {
    const ran = await run('client', { client: { properties: { 'claim.tenant': 'acme', 'claim.tier': 'gold', contact: 'ops' } } });
    expect(ran).toBeAnswered(200);
    expect(ran.tokens[0]?.data).toMatchObject({ tenant: 'acme', tier: 'gold', sub: 'sample-client' });
    expect(ran.tokens[0]?.data).not.toHaveProperty('contact');
  });

  it('cannot widen what the client was granted', async () => {
    const ran = await run('client', { client: { properties: { 'claim.scope': 'admin' } } });
    expect(ran).toBeFaulted({ kind: 'invalid-response', message: /"admin" was not granted/ });
    expect(ran.response).toMatchObject({ status: 500, body: { error: 'server_error' } });
    expect(ran.tokens).toEqual([]);
  });
});
