describe('the default answer to a device without a browser (RFC 8628 section 3.2)', () => {
  it('has a code to poll with, another for the person, and where to enter it', async () => {
    const ran = await run('device');
    expect(ran).toBeAnswered(200);
    expect(ran.response.body).toEqual({
      device_code: expect.stringMatching(/^twd_[A-Za-z0-9_-]{50}$/),
      user_code: 'WDJB-MJHT',
      verification_uri: 'https://sample.example/people/device',
      verification_uri_complete: 'https://sample.example/people/device?user_code=WDJB-MJHT',
      expires_in: 600,
      interval: 5,
    });
  });

  it('stores nothing that opens anything by itself', async () => {
    const ran = await run('device');
    expect(ran.tokens).toEqual([]);
    expect(ran.delegations).toEqual([]);
  });
});
