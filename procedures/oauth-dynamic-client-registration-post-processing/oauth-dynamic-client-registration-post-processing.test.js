describe('the default answer to a registration (RFC 7591 section 3.2.1)', () => {
  it('is what is registered', async () => {
    const ran = await run('registration', { metadata: { client_name: 'Reports' } });
    expect(ran).toBeAnswered(201);
    expect(ran.response.body).toMatchObject({ client_name: 'Reports', grant_types: ['authorization_code'], response_types: ['code'] });
    expect(ran.effects).toEqual([]);
  });
});
