const gateway = (/** @type {string} */ id) => sample('user-token', { client: { id, properties: { subject_salt: 'a salt of our own' } } });

describe('pairwise subject', () => {
  it('gives each gateway a subject of its own, and always the same one', async () => {
    const [one, again, other] = [await run(gateway('one')), await run(gateway('one')), await run(gateway('other'))];
    expect(one.response.body.sub).toMatch(/^[\w-]{43}$/);
    expect(again.response.body.sub).toBe(one.response.body.sub);
    expect(other.response.body.sub).not.toBe(one.response.body.sub);
  });

  it('tells users apart', async () => {
    const [alice, bob] = [await run(gateway('one')), await run(gateway('one'), { user: 'bob' })];
    expect(alice.response.body.sub).not.toBe(bob.response.body.sub);
  });

  it('never shows the subject itself where the salt is missing', async () => {
    const ran = await run('user-token');
    expect(ran).toBeDenied({ status: 500, error: 'server_error', description: 'The property subject_salt is missing.' });
    expect(ran.response.text).not.toContain('alice');
  });
});
