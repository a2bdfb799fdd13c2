const office = sample('client', { client: { properties: { hours: '6-18' } } });

describe('restriction to office hours', () => {
  it('lets a client in within its hours', async () => {
    const ran = await run(office, { time: '2026-07-01T06:00:00Z' });
    expect(ran).toBeAnswered(200);
    expect(ran.tokens).toHaveLength(1);
    expect(ran.log).toEqual([]);
  });

  for (const time of ['2026-07-01T05:59:59Z', '2026-07-01T18:00:00Z'])
    it(`refuses it at ${time}, and says so in the log`, async () => {
      const ran = await run(office, { time });
      expect(ran).toBeDenied({ status: 400, error: 'unauthorized_client', description: /at this hour/ });
      expect(ran).toHaveLogged('client sample-client asked outside its hours 6-18', 'info');
      expect(ran.effects).toEqual([]);
    });

  it('does not restrict a client without the property', async () => {
    expect(await run('client', { time: '2026-07-01T03:00:00Z' })).toBeAnswered(200);
  });

  it('fails for hours that make no sense, rather than to let everybody in', async () => {
    const ran = await run(office, { client: { properties: { hours: 'always' } } });
    expect(ran).toBeDenied({ status: 500, error: 'server_error' });
    expect(ran.tokens).toEqual([]);
  });
});
