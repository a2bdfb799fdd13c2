const asking = sample('backchannel-request', {
  user: 'alice',
  client: { name: 'Till', scopes: ['openid', 'pay'] },
  form: { binding_message: 'W4SCT', acr_values: 'high' },
  httpClients: { notifications: 'app.example' },
});

describe('a person with the app', () => {
  it('is asked by it: who asks, for what, and by what the answer is told', async () => {
    const ran = await run(asking, { answers: { http: { statusCode: 202 } } });
    expect(ran).toBeAnswered(200);
    expect(ran.hostCalls[0]?.target).toBe('POST app.example/requests');
    expect(JSON.parse(ran.hostCalls[0]?.args.body)).toMatchObject({
      sub: 'alice',
      client: 'Till',
      scope: 'openid pay',
      binding_message: 'W4SCT',
      acr_values: ['high'],
      expires_in: 300,
      request_id: expect.any(String),
      page: expect.stringMatching(/\/approve\?request=/),
    });
  });

  it('is not asked when the app does not take it', async () => {
    expect(await run(asking, { answers: { http: { statusCode: 404 } } })).toBeDenied({ status: 403, error: 'access_denied' });
    expect(await run(asking, { answers: { http: { statusCode: 503 } } })).toBeDenied({ status: 500 });
    expect(await run(asking, { answers: { http: { error: 'no connection' } } })).toBeFaulted();
  });
});
