const orders = 'https://orders.example';
const agent = sample('exchange', {
  client: { id: 'agent', scopes: ['orders.read', 'orders.write', 'mail'], properties: { tools: { [orders]: 'orders.read orders.write' } } },
  token: { scope: 'orders.read mail' },
  form: { audience: orders },
});

describe('a chain of tools', () => {
  it('gets a token for one tool, with what it needs of what the person allowed, for a minute', async () => {
    const ran = await run(agent, { time: '2026-07-01T09:00:00Z' });
    expect(ran).toBeAnswered(200);
    expect(ran.response.body).toMatchObject({ scope: 'orders.read', expires_in: 60 });
    expect(ran.jwts[0]?.claims).toMatchObject({
      sub: 'alice',
      aud: orders,
      scope: 'orders.read',
      client_id: 'agent',
      act: { sub: 'agent' },
    });
  });

  it('names everybody who has acted, the last one outside (RFC 8693 section 4.1)', async () => {
    const ran = await run(agent, { token: { act: { sub: 'planner', act: { sub: 'assistant' } } } });
    expect(ran.jwts[0]?.claims.act).toEqual({ sub: 'agent', act: { sub: 'planner', act: { sub: 'assistant' } } });
  });

  it('goes nowhere that the client may not call, and to one place at a time', async () => {
    const elsewhere = await run(agent, { form: { audience: 'https://payroll.example' } });
    expect(elsewhere).toBeDenied({ status: 400, error: 'invalid_target', description: 'This client may not call this tool.' });
    expect(await run(agent, { form: { audience: '' } })).toBeDenied({ error: 'invalid_target' });
  });

  it('goes nowhere without a scope that the tool needs', async () => {
    expect(await run(agent, { token: { scope: 'mail' } })).toBeDenied({ status: 400, error: 'invalid_scope' });
  });

  it('ends no later than the token that it starts from', async () => {
    const time = Date.parse('2026-07-01T09:00:00Z') / 1000;
    const ran = await run(agent, { time, token: { exp: time + 20 } });
    expect(ran.response.body.expires_in).toBe(20);
  });
});
