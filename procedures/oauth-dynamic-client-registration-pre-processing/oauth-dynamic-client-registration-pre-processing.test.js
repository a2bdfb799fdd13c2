describe('the default before a client is registered (RFC 7591 section 3.1)', () => {
  it('leaves what was asked for as it was', async () => {
    const ran = await run('registration', { metadata: { client_name: 'Reports', scope: 'read' } });
    expect(ran).toBeAnswered(201);
    expect(ran.response.body).toMatchObject({ client_name: 'Reports', scope: 'read', redirect_uris: ['https://app.example/callback'] });
  });

  it('lets nothing through that the template does not allow (RFC 7591 section 5)', async () => {
    const ran = await run('registration', { metadata: { redirect_uris: ['http://app.example/callback'] } });
    expect(ran).toBeAnswered(400);
    expect(ran.response.body).toMatchObject({ error: 'invalid_redirect_uri' });
  });
});
