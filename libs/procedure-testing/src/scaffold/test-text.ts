import type { FlowId } from '#libs/oauth';

/** A test to begin with, which the shipped default of the flow passes. */
export function testText(name: string, flow: FlowId): string {
  const cases = CASES[flow] ?? ANY;
  return `describe('${name}', () => {\n${cases.map(({ title, lines }) => caseText(title, lines)).join('\n')}});\n`;
}

interface Case {
  readonly title: string;
  readonly lines: readonly string[];
}

function caseText(title: string, lines: readonly string[]): string {
  return `  it('${title}', async () => {\n${lines.map((line) => `    ${line}\n`).join('')}  });\n`;
}

const ANY: readonly Case[] = [{ title: 'answers', lines: ['const ran = await run();', 'expect(ran).toBeAnswered();'] }];

const CASES: Readonly<Partial<Record<FlowId, readonly Case[]>>> = {
  'oauth-introspect': [
    {
      title: 'shows the data of an active token',
      lines: [
        "const ran = await run('user-token', { client: { properties: {} }, scopes: ['read'] });",
        'expect(ran).toBeAnswered(200);',
        "expect(ran.response.body).toMatchObject({ active: true, sub: 'alice', scope: 'read' });",
      ],
    },
    {
      title: 'shows nothing of a token that is not active',
      lines: ["const ran = await run('inactive-token');", 'expect(ran.response.body).toEqual({ active: false });'],
    },
  ],
  'oauth-forward-auth': [
    {
      title: 'hands a JWT of an active token on',
      lines: [
        "const ran = await run('user-token', { client: { properties: {} }, scopes: ['read'] });",
        'expect(ran).toBeAnswered(200);',
        'expect(ran.response.headers.authorization).toMatch(/^Bearer /);',
        "expect(ran.jwts[0]?.claims).toMatchObject({ sub: 'alice', scope: 'read' });",
      ],
    },
  ],
  'oauth-introspect-application-jwt': [
    {
      title: 'answers with a JWT of an active token',
      lines: [
        "const ran = await run('user-token', { client: { properties: {} }, scopes: ['read'] });",
        'expect(ran).toBeAnswered(200);',
        "expect(ran.jwts[0]?.claims).toMatchObject({ sub: 'alice', scope: 'read' });",
      ],
    },
    {
      title: 'answers nothing of a token that is not active',
      lines: ["const ran = await run('inactive-token');", 'expect(ran).toBeAnswered(204);'],
    },
  ],
  'oauth-token-client-credentials': [
    {
      title: 'issues an access token for the scopes that were asked for',
      lines: [
        "const ran = await run('client', { client: { properties: {} }, scopes: ['read'] });",
        'expect(ran).toBeAnswered(200);',
        "expect(ran.response.body).toMatchObject({ token_type: 'bearer', scope: 'read' });",
        "expect(ran.tokens[0]?.data).toMatchObject({ sub: 'sample-client', scope: 'read' });",
      ],
    },
  ],
  'oauth-revoke': [
    {
      title: 'observes a revocation',
      lines: [
        "const ran = await run('revoked-token', { user: 'alice' });",
        'expect(ran).toBeAnswered(200);',
        "expect(ran.response.text).toBe('');",
      ],
    },
  ],
};
