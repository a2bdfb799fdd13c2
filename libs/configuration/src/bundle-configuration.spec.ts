import { describe, expect, test } from '@jest/globals';
import { Configuration } from '#libs/oauth';
import { bundleConfiguration } from './bundle-configuration.ts';
import { ConfigurationFileError } from './file/file-problem.ts';
import { readAndPlan } from './file/read-configuration-file.ts';
import { applyChanges, NOW, SEALER } from './testing/files.ts';

const text = `# kept
profiles:
  p:
    issuer: /~
    clients:
      c: { secret: { env: C_SECRET }, capabilities: [introspection] }
procedures:
  x:
    flow: oauth-introspect
    # the text
    file: x.js
  y: { flow: oauth-revoke, file: y.js }
`;
const source = '\n  // indented\nfunction result(context) {\n  return 1 +;\n}\n';
const options = {
  fileName: 'f.yaml',
  now: NOW,
  readFile: (path: string) => (path === 'x.js' ? source : 'y\r\n'),
  env: { C_SECRET: 'from outside' },
};

describe('bundling a configuration file', () => {
  test('writes files and environment into the text, so that it means the same without them', async () => {
    const bundle = await bundleConfiguration(text, options);
    expect(bundle.text).toMatch(/^# kept/);
    const bundled = await applyChanges(Configuration.empty, bundle.text);
    const original = await applyChanges(bundled.configuration, text, options);
    expect(original.changes).toEqual([]);
    expect(bundled.configuration.get('procedure-version', 'x/1')?.source).toBe(source);
    expect(bundled.configuration.get('procedure-version', 'y/1')?.source).toBe('y\r\n');
  });

  test('writes libraries, TypeScript and secrets of every sort into the text too', async () => {
    const outgoing = `profiles:
  p:
    issuer: /~
    secrets: { a: { env: A_SECRET }, b: as it is }
    httpClients: { h: { credentials: { kind: bearer, value: { env: A_TOKEN } } } }
libraries:
  claims: { file: claims.ts }
procedures:
  x: { flow: oauth-introspect, file: x.js, libraries: [claims], secrets: [a] }
  y: &y { flow: oauth-revoke, file: y.ts }
  z: *y
`;
    const outside = { ...options, env: { A_SECRET: 'one', A_TOKEN: 'two' }, readFile: (path: string) => `// ${path}\n` };
    const bundle = await bundleConfiguration(outgoing, outside);
    expect(bundle.problems).toEqual([]);
    const compile = ({ source: script }: { source: string }) => Promise.resolve({ ok: true as const, script });
    const bundled = await applyChanges(Configuration.empty, bundle.text, { compile });
    expect(bundled.configuration.get('library-version', 'claims/1')).toMatchObject({ language: 'typescript', source: '// claims.ts\n' });
    expect(bundled.configuration.get('procedure-version', 'z/1')).toMatchObject({ language: 'typescript', source: '// y.ts\n' });
    const original = await applyChanges(bundled.configuration, outgoing, outside);
    expect(original.changes).toEqual([]);
  });

  test('brings problems of secrets back to the environment they come from, and each once', async () => {
    const outgoing =
      'profiles: { p: { issuer: /~, httpClients: { h: { credentials: { kind: bearer, value: { env: BAD } } } }, secrets: { s: { env: NO } } } }\n';
    const bundle = await bundleConfiguration(outgoing, { ...options, env: { BAD: 'two words' } });
    const error = (await readAndPlan(bundle.text, { fileName: '', now: NOW, sealer: SEALER, current: Configuration.empty }).catch(
      (caught: unknown) => caught,
    )) as ConfigurationFileError;
    expect(bundle.problemsWith(error.problems).map(({ pointer, message }) => `${pointer}: ${message}`)).toEqual([
      '/profiles/p/secrets/s/env: the environment variable NO is not set',
      '/profiles/p/httpClients/h/credentials/value/env: the value of the environment variable BAD must be a bearer token. RFC 6750 section 2.1',
    ]);
  });

  test('brings problems that the service finds back to the files they are in', async () => {
    const bundle = await bundleConfiguration(text, options);
    const check = () =>
      Promise.resolve({ ok: false as const, errors: [{ code: 'syntax', line: 4, column: 13, message: 'Unexpected token' }] });
    const error = (await readAndPlan(bundle.text, { fileName: '', now: NOW, sealer: SEALER, current: Configuration.empty, check }).catch(
      (caught: unknown) => caught,
    )) as { problems: [] };
    expect(error.problems.map((problem) => bundle.locate(problem))).toEqual([
      { pointer: '/procedures/x/file', file: 'x.js', line: 4, column: 13, message: 'Unexpected token' },
      { pointer: '/procedures/y/file', file: 'f.yaml', line: 12, column: 34, message: 'line 4, column 13 of the text: Unexpected token' },
    ]);
  });

  test('reports missing files and variables before anything is sent', async () => {
    const readFile = () => {
      throw Object.assign(new Error('no'), { code: 'ENOENT' });
    };
    const { problems } = await bundleConfiguration(text, { ...options, readFile, env: {} });
    expect(String(new ConfigurationFileError(problems))).toBe(
      [
        'ConfigurationFileError: f.yaml:6:27: /profiles/p/clients/c/secret/env: the environment variable C_SECRET is not set',
        'f.yaml:11:11: /procedures/x/file: cannot read "x.js": there is no such file',
        'f.yaml:12:34: /procedures/y/file: cannot read "y.js": there is no such file',
      ].join('\n'),
    );
  });

  test('a bundle with problems of its own lets the service find the others, and each is reported once', async () => {
    const malformed = text
      .replace('issuer: /~', 'issuer: /~\n    surprise: 1')
      .replace('capabilities: [introspection]', 'scopes: [reed]')
      .replace('file: y.js', 'file: nope.js')
      .concat('  y: { flow: oauth-revoke, source: y }\n');
    const readFile = (path: string) => {
      if (path === 'x.js') return source;
      throw Object.assign(new Error('no'), { code: 'ENOENT' });
    };
    const bundle = await bundleConfiguration(malformed, { ...options, readFile, env: {} });
    const error = (await readAndPlan(bundle.text, { fileName: '', now: NOW, sealer: SEALER, current: Configuration.empty }).catch(
      (caught: unknown) => caught,
    )) as ConfigurationFileError;
    expect(new ConfigurationFileError(bundle.problemsWith(error.problems)).message.split('\n')).toEqual([
      'f.yaml:5:5: /profiles/p/surprise: unknown key "surprise"',
      'f.yaml:7:27: /profiles/p/clients/c/secret/env: the environment variable C_SECRET is not set',
      'f.yaml:7:48: /profiles/p/clients/c/scopes/0: profile "p" has no scope "reed"',
      'f.yaml:14:3: this key is written twice in the same mapping',
    ]);
  });

  test('a text that is no YAML cannot be bundled', async () => {
    await expect(bundleConfiguration('profiles: {a\n', options)).rejects.toThrow(ConfigurationFileError);
  });
});
