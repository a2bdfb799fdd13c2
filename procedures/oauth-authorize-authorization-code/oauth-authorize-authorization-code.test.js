describe('the default answer to a person who has allowed a client what it asks for (RFC 6749 section 4.1.2)', () => {
  it('sends the person back with a code, the state and the issuer (RFC 9207)', async () => {
    const ran = await run('authorization', { profile: { issuer: 'https://login.example/~' } });
    expect(ran).toBeAnswered(303);
    expect(ran.response.headers.location).toMatch(
      /^https:\/\/app\.example\/callback\?code=twc_[A-Za-z0-9_-]{50}&state=sample-state&iss=https%3A%2F%2Flogin\.example%2F%7E#$/,
    );
  });

  it('stores nothing that opens anything by itself', async () => {
    const ran = await run('authorization');
    expect(ran.tokens).toEqual([]);
    expect(ran.delegations).toEqual([]);
  });
});
