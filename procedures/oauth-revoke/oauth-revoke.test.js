describe('the default after a revocation (RFC 7009)', () => {
  it('adds nothing to the answer, which is empty', async () => {
    const ran = await run('revoked-token');
    expect(ran).toBeAnswered(200);
    expect(ran.response.text).toBe('');
    expect(ran.log).toEqual([]);
  });

  it('says the same of a token that nobody knows (RFC 7009 section 2.2)', async () => {
    expect(await run('unknown-token')).toBeAnswered(200);
  });
});
