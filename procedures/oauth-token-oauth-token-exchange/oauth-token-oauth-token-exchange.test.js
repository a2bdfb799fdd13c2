const accessToken = 'urn:ietf:params:oauth:token-type:access_token';
const jwtToken = 'urn:ietf:params:oauth:token-type:jwt';

describe('the default answer to a client that exchanges a token (RFC 8693)', () => {
  it('has an access token for the same person, its type, and no refresh token (section 2.2.1)', async () => {
    const ran = await run('exchange', { scopes: ['read'], form: { audience: 'https://tool.example' } });
    expect(ran).toBeAnswered(200);
    expect(ran.response.body).toEqual({
      access_token: expect.stringMatching(/^twa_/),
      issued_token_type: accessToken,
      token_type: 'bearer',
      expires_in: 300,
      scope: 'read',
    });
    expect(ran.tokens.map(({ purpose, data }) => [purpose, data.sub, data.aud])).toEqual([
      ['access_token', 'alice', 'https://tool.example'],
    ]);
  });

  it('names who acts for the person, around those who did before (section 4.1)', async () => {
    const first = await run('exchange');
    expect(first.tokens[0]?.data.act).toEqual({ sub: 'sample-agent' });
    const later = await run('exchange', { token: { act: { sub: 'other-agent' } } });
    expect(later.tokens[0]?.data.act).toEqual({ sub: 'sample-agent', act: { sub: 'other-agent' } });
  });

  it('names the subject of the actor token where there is one', async () => {
    const ran = await run('exchange', { form: { actor_token: 'some-token', actor_token_type: accessToken } });
    expect(ran.tokens[0]?.data.act).toEqual({ sub: 'sample-actor' });
  });

  it('makes no delegation: the token ends with what the subject token hangs from', async () => {
    const ran = await run('exchange');
    expect(ran.delegations).toEqual([]);
    expect(ran.tokens[0]?.data.delegationId).toBe('sample-delegation');
  });

  it('has a JWT where that is asked for', async () => {
    const ran = await run('exchange', { form: { requested_token_type: jwtToken } });
    expect(ran.response.body.issued_token_type).toBe(jwtToken);
    expect(ran.jwts[0]).toMatchObject({ header: { typ: 'at+jwt' }, claims: { sub: 'alice', client_id: 'sample-agent' } });
  });

  it('refuses other types of tokens, and tokens of issuers that nobody here knows (section 2.2.2)', async () => {
    const refresh = await run('exchange', { form: { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' } });
    expect(refresh).toBeDenied({ status: 400, error: 'invalid_request' });
    expect(await run('foreign-exchange')).toBeDenied({ status: 400, error: 'invalid_request' });
  });

  it('refuses scopes beyond those of the subject token, and audiences that the profile does not allow', async () => {
    const wider = await run('exchange', { token: { scope: 'read' }, scopes: ['read', 'write'] });
    expect(wider).toBeDenied({ status: 400, error: 'invalid_scope' });
    const elsewhere = await run('exchange', { profile: { allowedAudiences: ['sample-agent'] }, form: { audience: 'else' } });
    expect(elsewhere).toBeDenied({ status: 400, error: 'invalid_target' });
  });
});
