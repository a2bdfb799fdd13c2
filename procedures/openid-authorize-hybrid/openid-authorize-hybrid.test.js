/** @param {{ readonly response: { readonly headers: Readonly<Record<string, string>> } }} ran */
function fragment(ran) {
  const [, text = ''] = (ran.response.headers.location ?? '').split('#');
  return Object.fromEntries(text.split('&').map((pair) => pair.split('=').map((part) => decodeURIComponent(part.replace(/\+/g, ' ')))));
}

describe('the default answer to a client that asks for a code and tokens (OpenID Connect Core section 3.3.2.5)', () => {
  it('sends the person back with a code and an id token that names it by its hash', async () => {
    const ran = await run('hybrid', { profile: { issuer: 'https://login.example/~' } });
    expect(ran).toBeAnswered(303);
    expect(fragment(ran)).toEqual({
      ...{ code: expect.stringMatching(/^twc_/), id_token: expect.any(String) },
      ...{ state: 'sample-state', iss: 'https://login.example/~' },
    });
    expect(ran.jwts[0]?.claims).toMatchObject({ sub: 'alice', nonce: 'sample-nonce', c_hash: expect.any(String) });
    expect([ran.tokens, ran.delegations]).toEqual([[], []]);
  });

  it('gives an access token beside them, of one delegation, and no refresh token', async () => {
    const ran = await run('hybrid', { form: { response_type: 'code id_token token' } });
    expect(fragment(ran)).toMatchObject({ access_token: expect.stringMatching(/^twa_/), token_type: 'bearer', expires_in: '300' });
    expect(ran.jwts[0]?.claims).toMatchObject({ c_hash: expect.any(String), at_hash: expect.any(String) });
    expect(ran.tokens.map(({ purpose }) => purpose)).toEqual(['access_token']);
    expect(ran.delegations).toHaveLength(1);
  });
});
