describe('the default answer to a client that wants a person to be asked (OpenID Connect CIBA section 7.3)', () => {
  it('is what the client polls with, for how long, and how often', async () => {
    const ran = await run('backchannel-request', { user: 'alice' });
    expect(ran).toBeAnswered(200);
    expect(ran.response.body).toEqual({ auth_req_id: expect.any(String), expires_in: 300, interval: 5 });
  });

  it('issues nothing and calls nobody', async () => {
    const ran = await run('backchannel-request');
    expect(ran.effects).toEqual([]);
    expect(ran.hostCalls).toEqual([]);
  });
});
