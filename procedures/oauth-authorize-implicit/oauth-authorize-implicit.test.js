/** @param {{ readonly response: { readonly headers: Readonly<Record<string, string>> } }} ran */
function fragment(ran) {
  const [, text = ''] = (ran.response.headers.location ?? '').split('#');
  return Object.fromEntries(text.split('&').map((pair) => pair.split('=').map((part) => decodeURIComponent(part.replace(/\+/g, ' ')))));
}

describe('the default answer to a client that asks for tokens in the place of a code (RFC 6749 section 4.2.2)', () => {
  it('sends the person back with an access token in the fragment, and with no refresh token', async () => {
    const ran = await run('implicit', { profile: { issuer: 'https://login.example/~' } });
    expect(ran).toBeAnswered(303);
    expect(fragment(ran)).toEqual({
      ...{ access_token: expect.stringMatching(/^twa_/), token_type: 'bearer', expires_in: '300', scope: 'read write' },
      ...{ state: 'sample-state', iss: 'https://login.example/~' },
    });
    expect(ran.tokens.map(({ purpose, data }) => [purpose, data['sub']])).toEqual([['access_token', 'alice']]);
    expect(ran.delegations).toMatchObject([{ owner: 'alice', scope: 'read write' }]);
  });

  it('gives an id token that names the access token by its hash (OpenID Connect Core section 3.2.2.10)', async () => {
    const ran = await run('openid-implicit');
    expect(Object.keys(fragment(ran))).toEqual(expect.arrayContaining(['access_token', 'id_token']));
    expect(ran.jwts[0]?.claims).toMatchObject({ sub: 'alice', nonce: 'sample-nonce', at_hash: expect.any(String) });
  });

  it('stores nothing where an id token is all that is asked for', async () => {
    const ran = await run('openid-implicit', { form: { response_type: 'id_token' } });
    expect(Object.keys(fragment(ran))).toEqual(['id_token', 'state', 'iss']);
    expect(ran.jwts[0]?.claims).not.toHaveProperty('at_hash');
    expect([ran.tokens, ran.delegations]).toEqual([[], []]);
  });
});
