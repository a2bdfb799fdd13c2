import { beforeAll, describe, expect, test } from '@jest/globals';
import { Configuration, KeySealer } from '#libs/oauth';
import { aClientCertificate } from '../../../oauth/src/testing/client-certificate.ts';
import { auditOf } from '../plan.ts';
import { applyChanges, entity, NOW, problemsOf, SEALER } from '../testing/files.ts';

const profile = (...lines: readonly string[]) => `profiles:\n  p:\n    issuer: /~\n    tokenIssuers: {}\n    ${lines.join('\n    ')}\n`;
const env = { API_KEY: 'from outside', TOKEN: 'abc.def' };
const actions = (changes: readonly { action: string; kind: string; key: string }[]) =>
  changes.map(({ action, kind, key }) => `${action} ${kind} ${key}`);

describe('secrets in a configuration file', () => {
  test('are literals, come from the environment, or are sealed already, and are stored sealed', async () => {
    const sealed = await SEALER.sealText('sealed before');
    const text = profile(`secrets: { a: "it's", b: { value: two }, c: { env: API_KEY }, d: { sealed: ${sealed} } }`);
    const { configuration } = await applyChanges(Configuration.empty, text, { env });
    const opened = (id: string) => SEALER.openText(entity(configuration, 'secret', `p/${id}`).sealedValue);
    expect(await Promise.all(['a', 'b', 'c', 'd'].map(opened))).toEqual(["it's", 'two', 'from outside', 'sealed before']);
    expect(entity(configuration, 'secret', 'p/a')).toMatchObject({ createdAt: NOW, updatedAt: NOW, origin: 'file' });
    expect(entity(configuration, 'secret', 'p/d').sealedValue).toBe(sealed);
    expect(JSON.stringify([...configuration.all('secret')])).not.toMatch(/it's|two|from outside|sealed before/);
  });

  test('stay as they are stored for as long as the value is the same, however it is written', async () => {
    const first = await applyChanges(Configuration.empty, profile('secrets: { a: one }'));
    const again = (entry: string, now = NOW + 9) =>
      applyChanges(first.configuration, profile(`secrets: { a: ${entry} }`), { now, env: { A: 'one' } });
    const otherSeal = await SEALER.sealText('one');
    for (const entry of ['one', '{ value: one }', '{ env: A }', `{ sealed: ${otherSeal} }`])
      expect((await again(entry)).changes).toEqual([]);
    const changed = await again('two');
    expect(actions(changed.changes)).toEqual(['update secret p/a']);
    expect(entity(changed.configuration, 'secret', 'p/a')).toMatchObject({ createdAt: NOW, updatedAt: NOW + 9 });
  });

  test('that only another key encryption key can open are refused, and stored ones are given anew', async () => {
    const foreign = await new KeySealer(new Uint8Array(32).fill(8)).sealText('x');
    expect(await problemsOf(profile(`secrets: { a: { sealed: ${foreign} } }`))).toEqual([
      '5:29 /profiles/p/secrets/a/sealed: cannot be opened with the key encryption key of this service; start it with the one that sealed it, or write the value itself: { value: ... } or { env: NAME_OF_A_VARIABLE }',
    ]);
    const { configuration } = await applyChanges(Configuration.empty, profile('secrets: { a: x }'));
    const sealer = new KeySealer(new Uint8Array(32).fill(9));
    expect(actions((await applyChanges(configuration, profile('secrets: { a: x }'), { sealer })).changes)).toEqual(['update secret p/a']);
  });

  test('a sealed signing key is no secret: no procedure gets to read it', async () => {
    const key = await SEALER.seal({ kty: 'EC', d: 'private' });
    expect(await problemsOf(profile(`secrets: { a: { sealed: ${key} } }`))).toEqual([expect.stringContaining('cannot be opened')]);
  });

  test('every problem has its place, and what refers to a bad one is not at fault', async () => {
    const text = `${profile(
      'endpoints: { oauth-introspect: { path: /i, procedures: { oauth-introspect: x } } }',
      'secrets:',
      '  a: { value: one, env: TWO }',
      '  b: { env: NOT_SET }',
      '  c: 5',
      '  d: { vaule: x }',
      '  e: { sealed: nonsense }',
      '  "f f": x',
      '  g:',
    )}procedures: { x: { flow: oauth-introspect, source: x, secrets: [a, b, c, d, e, g] } }\n`;
    expect(await problemsOf(text)).toEqual([
      '7:10 /profiles/p/secrets/a: must have exactly one of "value", "env" and "sealed"',
      '8:17 /profiles/p/secrets/b/env: the environment variable NOT_SET is not set',
      '9:10 /profiles/p/secrets/c: must be a text or a mapping, is a whole number',
      '10:10 /profiles/p/secrets/d: must have exactly one of "value", "env" and "sealed"',
      '10:12 /profiles/p/secrets/d/vaule: unknown key "vaule"; did you mean "value"?',
      '11:20 /profiles/p/secrets/e/sealed: must be a sealed value as an export writes it',
      '12:7 /profiles/p/secrets/f f: must start with a letter or digit and have at most 128 letters, digits, ".", "_" and "-"',
      '13:9 /profiles/p/secrets/g: must be a text or a mapping, is empty',
    ]);
  });

  test('a binding of a version that reads a secret the profile has not is told at the binding', async () => {
    const text = `${profile(
      'endpoints:',
      '  oauth-introspect: { path: /i, procedures: { oauth-introspect: x } }',
      'secrets: { pepper: x }',
    )}procedures: { x: { flow: oauth-introspect, source: x, secrets: [pepper, salt] } }\n`;
    expect(await problemsOf(text)).toEqual([
      expect.stringMatching(/^6:\d+ .*: version 1 of procedure "x" reads the secret "salt", which profile "p" does not have$/),
    ]);
    expect(await problemsOf(text.replace('secrets: { pepper: x }', 'secrets: none'))).toEqual([
      '7:14 /profiles/p/secrets: must be a mapping, is a string',
    ]);
  });
});

describe('HTTP clients and buckets in a configuration file', () => {
  let own: { certificate: string; key: string };
  beforeAll(async () => {
    own = await aClientCertificate();
  });
  const block = (text: string, indent: string) => text.trimEnd().replaceAll('\n', `\n${indent}`);

  test('have safe defaults, and secret parts that are stored sealed', async () => {
    const { configuration } = await applyChanges(
      Configuration.empty,
      profile(
        'buckets: { seen:, other: { description: Kept } }',
        'httpClients:',
        '  plain: { allowedHosts: [api.example.com] }',
        '  full:',
        '    allowedHosts: ["*.example.com:8443"]',
        '    allowHttp: true',
        '    allowTokens: true',
        '    allowedNetworks: [10.1.0.0/16]',
        '    credentials: { kind: basic, username: me, value: "pass word" }',
        '    tls:',
        '      clientCertificate: |',
        `        ${block(own.certificate, '            ')}`,
        '      clientKey: { env: KEY }',
        '    maximumRedirects: 2',
      ),
      { env: { KEY: own.key } },
    );
    expect(entity(configuration, 'bucket', 'p/seen')).toEqual({ profile: 'p', id: 'seen', description: '', origin: 'file' });
    expect(entity(configuration, 'http-client', 'p/plain')).toEqual({
      ...{ profile: 'p', id: 'plain', allowedHosts: ['api.example.com'], allowHttp: false, allowedNetworks: [], credentials: null },
      allowTokens: false,
      tls: { caCertificates: null, clientCertificate: null, sealedClientKey: null },
      ...{ timeoutMilliseconds: 5000, maximumResponseBytes: 262_144, maximumRedirects: 0, origin: 'file' },
    });
    const { credentials, tls, allowTokens } = entity(configuration, 'http-client', 'p/full');
    expect(allowTokens).toBe(true);
    expect(credentials).toMatchObject({ kind: 'basic', username: 'me' });
    expect(await SEALER.openText(credentials?.sealedValue ?? '')).toBe('pass word');
    expect(await SEALER.openText(tls.sealedClientKey ?? '')).toBe(own.key);
    expect(tls.clientCertificate).toBe(own.certificate);
  });

  test('every problem has its place', async () => {
    const text = profile(
      'httpClients:',
      '  a: { allowedHosts: [https://x, api.example.com], allowHtp: true, timeoutMilliseconds: 60001 }',
      '  b: { credentials: { kind: basic, value: x }, allowedNetworks: [0.0.0.0/0] }',
      '  c: { credentials: { kind: bearer, name: X, value: "two words" } }',
      '  d: { credentials: { kind: header, name: Host } }',
      '  e: { credentials: { kind: header, name: X-Key, value: { env: NOT_SET } } }',
      '  f: { tls: { caCertificates: none, clientKey: no-key } }',
      '  g: { tls: { clientKey: { value: no-key } }, credentials: { kind: digest, value: x } }',
      `  h: { tls: { clientKey: ${JSON.stringify(own.key)} } }`,
    );
    expect((await problemsOf(text)).map((problem) => problem.replace('such as api.example.com', '...').slice(0, 110))).toEqual([
      '6:27 /profiles/p/httpClients/a/allowedHosts/0: must be a host ..., *.example.com, api.example.com:8443, 10.1.2',
      '6:56 /profiles/p/httpClients/a/allowHtp: unknown key "allowHtp"; did you mean "allowHttp"?',
      '6:93 /profiles/p/httpClients/a/timeoutMilliseconds: must be at most 60000',
      '7:25 /profiles/p/httpClients/b/credentials/username: is missing',
      '7:70 /profiles/p/httpClients/b/allowedNetworks/0: is not within a private, loopback or link-local range; publi',
      '8:47 /profiles/p/httpClients/c/credentials/name: goes with the kind "header" only',
      '8:57 /profiles/p/httpClients/c/credentials/value: must be a bearer token. RFC 6750 section 2.1',
      '9:25 /profiles/p/httpClients/d/credentials/value: is missing',
      '9:47 /profiles/p/httpClients/d/credentials/name: "Host" is a header of the connection or the call itself',
      '10:68 /profiles/p/httpClients/e/credentials/value/env: the environment variable NOT_SET is not set',
      '11:35 /profiles/p/httpClients/f/tls/caCertificates: must be certificates in PEM (-----BEGIN CERTIFICATE-----)',
      '11:52 /profiles/p/httpClients/f/tls/clientKey: must be a private key in PEM (PKCS #8 or SEC 1) without a passp',
      '12:39 /profiles/p/httpClients/g/tls/clientKey/value: must be a private key in PEM (PKCS #8 or SEC 1) without a',
      '12:72 /profiles/p/httpClients/g/credentials/kind: must be one of "basic", "bearer", "header"',
      '13:30 /profiles/p/httpClients/h/tls/clientKey: needs its certificate: give "clientCertificate" too',
    ]);
  });

  test('a key that does not belong to the certificate is refused', async () => {
    const other = await aClientCertificate();
    const text = profile(`httpClients: { a: { tls: ${JSON.stringify({ clientCertificate: own.certificate, clientKey: other.key })} } }`);
    expect(await problemsOf(text)).toEqual([expect.stringMatching(/\/tls\/clientKey: is not the private key of the client certificate$/)]);
  });

  test('a sealed key is held against the certificate too, stored as it may be', async () => {
    const other = await aClientCertificate();
    const text = ({ certificate }: typeof own, key: string) =>
      profile(`httpClients: { a: { tls: ${JSON.stringify({ clientCertificate: certificate, clientKey: { sealed: key } })} } }`);
    const sealed = await SEALER.sealText(own.key);
    const { configuration } = await applyChanges(Configuration.empty, text(own, sealed));
    expect((await applyChanges(configuration, text(own, await SEALER.sealText(own.key)))).changes).toEqual([]);
    expect(await problemsOf(text(other, sealed), configuration)).toEqual([
      expect.stringMatching(/clientKey\/sealed: is not the private key of the client certificate$/),
    ]);
  });

  test('nothing secret, plain or sealed, is in problems, plans for people and audit events', async () => {
    const key = JSON.stringify(own.key);
    const text = profile(
      `secrets: { a: plain-secret, b: { env: API_KEY } }`,
      `httpClients: { h: { credentials: { kind: bearer, value: plain-token }, tls: { clientCertificate: ${JSON.stringify(own.certificate)}, clientKey: ${key} } } }`,
    );
    const { changes, configuration } = await applyChanges(Configuration.empty, text, { env });
    const events = JSON.stringify(changes.map((change) => auditOf(change, NOW, 'file')));
    const sealed = [...configuration.all('secret')].map(({ sealedValue }) => sealedValue);
    for (const hidden of ['plain-secret', 'from outside', 'plain-token', 'PRIVATE KEY', 'sealed', 'eyJ', ...sealed])
      expect(events).not.toContain(hidden);
    expect(events).toContain('"credentials":{"kind":"bearer"}');
    const bad = profile(
      'secrets: { a: [plain-secret] }',
      'httpClients: { h: { credentials: { kind: header, name: X, value: " plain-token" } } }',
    );
    const problems = await problemsOf(bad);
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toMatch(/plain-/);
  });
});
