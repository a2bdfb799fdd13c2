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
  'oauth-token-validation': [
    {
      title: 'tells the claims of an active token',
      lines: [
        "const ran = await run('user-token', { client: { properties: {} }, scopes: ['read'] });",
        'expect(ran).toBeAnswered(200);',
        "expect(ran.response.body).toMatchObject({ sub: 'alice', scope: 'read' });",
      ],
    },
    {
      title: 'tells nothing of a token that is not active',
      lines: ["const ran = await run('inactive-token');", "expect(ran.response.body).toEqual({ Message: 'invalid_token' });"],
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
  'oauth-token-authorization-code': [
    {
      title: 'gives tokens of the person who has allowed it',
      lines: [
        "const ran = await run('code', { user: 'alice' });",
        'expect(ran).toBeAnswered(200);',
        "expect(ran.tokens.map(({ purpose, data }) => [purpose, data['sub']])).toEqual([",
        "  ['access_token', 'alice'],",
        "  ['refresh_token', 'alice'],",
        ']);',
      ],
    },
  ],
  'oauth-authorize-authorization-code': [
    {
      title: 'sends the person back with a code',
      lines: [
        "const ran = await run('authorization');",
        'expect(ran).toBeAnswered(303);',
        'expect(ran.response.headers.location).toMatch(/[?&]code=twc_/);',
      ],
    },
  ],
  'oauth-authorize-implicit': [
    {
      title: 'sends the person back with a token',
      lines: [
        "const ran = await run('implicit');",
        'expect(ran).toBeAnswered(303);',
        'expect(ran.response.headers.location).toMatch(/[#&]access_token=twa_/);',
      ],
    },
  ],
  'openid-authorize-hybrid': [
    {
      title: 'sends the person back with a code and an id token',
      lines: [
        "const ran = await run('hybrid');",
        'expect(ran).toBeAnswered(303);',
        'expect(ran.response.headers.location).toMatch(/[#&]code=twc_.*&id_token=/);',
      ],
    },
  ],
  'oauth-token-device-code': [
    {
      title: 'gives tokens of the person who has allowed the device',
      lines: [
        "const ran = await run('device-code', { user: 'alice' });",
        'expect(ran).toBeAnswered(200);',
        "expect(ran.tokens.map(({ purpose, data }) => [purpose, data['sub']])).toEqual([",
        "  ['access_token', 'alice'],",
        "  ['refresh_token', 'alice'],",
        ']);',
      ],
    },
  ],
  'oauth-device-authorization': [
    {
      title: 'gives the device a code to poll with, and another for the person',
      lines: [
        "const ran = await run('device');",
        'expect(ran).toBeAnswered(200);',
        "expect(ran.response.body).toMatchObject({ user_code: 'WDJB-MJHT', expires_in: 600, interval: 5 });",
        'expect(ran.response.body.device_code).toMatch(/^twd_/);',
        'expect(ran.tokens).toEqual([]);',
      ],
    },
  ],
  'openid-userinfo': [
    {
      title: 'tells what the scopes release',
      lines: [
        "const ran = await run('userinfo', { user: { subject: 'alice', name: 'Alice' }, scopes: ['openid', 'profile'] });",
        "expect(ran.response.body).toMatchObject({ sub: 'alice', name: 'Alice' });",
      ],
    },
  ],
  'oauth-token-refresh': [
    {
      title: 'gives new tokens of the same person',
      lines: [
        "const ran = await run('refresh', { user: 'alice' });",
        'expect(ran).toBeAnswered(200);',
        "expect(ran.tokens.map(({ purpose, data }) => [purpose, data['sub']])).toEqual([",
        "  ['access_token', 'alice'],",
        "  ['refresh_token', 'alice'],",
        ']);',
      ],
    },
  ],
  'oauth-token-assertion': [
    {
      title: 'gives a token of whom the assertion speaks of',
      lines: [
        "const ran = await run('assertion', { user: 'alice', scopes: ['read'] });",
        'expect(ran).toBeAnswered(200);',
        "expect(ran.tokens[0]?.data).toMatchObject({ sub: 'alice', scope: 'read' });",
      ],
    },
  ],
  'oauth-token-resource-owner-password-credentials': [
    {
      title: 'gives tokens of the person whose password it was',
      lines: [
        "const ran = await run('password', { user: 'alice' });",
        'expect(ran).toBeAnswered(200);',
        "expect(ran.tokens.map(({ purpose, data }) => [purpose, data['sub']])).toEqual([",
        "  ['access_token', 'alice'],",
        "  ['refresh_token', 'alice'],",
        ']);',
      ],
    },
  ],
  'oauth-token-backchannel-authentication': [
    {
      title: 'gives tokens of the person who has said yes',
      lines: [
        "const ran = await run('backchannel-authentication', { user: 'alice' });",
        'expect(ran).toBeAnswered(200);',
        "expect(ran.tokens.map(({ purpose, data }) => [purpose, data['sub']])).toEqual([",
        "  ['access_token', 'alice'],",
        "  ['refresh_token', 'alice'],",
        ']);',
      ],
    },
  ],
  'oauth-backchannel-authentication': [
    {
      title: 'lets a client wait for the person',
      lines: [
        "const ran = await run('backchannel-request', { user: 'alice', form: { binding_message: 'W4SCT' } });",
        'expect(ran).toBeAnswered(200);',
        'expect(ran.response.body).toMatchObject({ auth_req_id: expect.any(String), expires_in: 300, interval: 5 });',
      ],
    },
  ],
  'oauth-token-oauth-token-exchange': [
    {
      title: 'gives who acts for a person a token that names both',
      lines: [
        "const ran = await run('exchange', { user: 'alice', client: { id: 'agent', properties: {} }, form: { audience: 'tool' } });",
        'expect(ran).toBeAnswered(200);',
        "expect(ran.tokens[0]?.data).toMatchObject({ sub: 'alice', aud: 'tool', act: { sub: 'agent' } });",
      ],
    },
  ],
  'oauth-token-token-exchange': [
    {
      title: 'gives another token of the same person',
      lines: [
        "const ran = await run('older-exchange', { user: 'alice', scopes: ['read'] });",
        'expect(ran).toBeAnswered(200);',
        "expect(ran.tokens[0]?.data).toMatchObject({ sub: 'alice', scope: 'read' });",
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
