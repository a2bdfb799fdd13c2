import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { freePort, type RunningService } from '../support/running-service.ts';
import { caller, startWireService, tokenOf, until } from '../support/wire-service.ts';

/** The package as it is published, in a project of its own, with the examples of its README as they stand. */
const run = promisify(execFile);
const ROOT = process.cwd();
const PACKAGE = join(ROOT, 'dist', 'packages', 'resource-server');
const README = readFileSync(join(ROOT, 'libs', 'resource-server', 'README.md'), 'utf8');

let project: string;
let service: RunningService;
beforeAll(async () => {
  await run(process.execPath, ['scripts/pack-resource-server.mjs']);
  project = mkdtempSync(join(tmpdir(), 'tokenwright-api-'));
  const installed = join(project, 'node_modules', '@tokenwright', 'resource-server');
  mkdirSync(installed, { recursive: true });
  const tarball = readdirSync(PACKAGE).find((file) => file.endsWith('.tgz')) ?? 'no tarball';
  await run('tar', ['-xzf', join(PACKAGE, tarball), '-C', installed, '--strip-components=1']);
  for (const name of ['jose', 'express', 'fastify', 'reflect-metadata', 'rxjs', '@nestjs', '@types', 'undici-types']) link(name);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'api', type: 'module' }));
  service = await startWireService();
}, 120_000);
afterAll(async () => {
  await service.stop();
  rmSync(project, { recursive: true, force: true });
});

function link(name: string): void {
  mkdirSync(dirname(join(project, 'node_modules', name)), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name), 'junction');
}

/** Writes an example of the README, found by the file name in its first line. */
function example(name: string): string {
  const code = [...README.matchAll(/```(?:js|ts)\n([^]*?)```/g)]
    .map(([, text = '']) => text)
    .find((text) => text.startsWith(`// ${name}\n`));
  if (code === undefined) throw new Error(`the README has no example ${name}`);
  writeFileSync(join(project, name), code);
  return code;
}

/** An example, running. */
async function started(file: string): Promise<{ readonly url: string; readonly child: ChildProcess; readonly errors: () => string }> {
  const port = await freePort();
  const env = { ...process.env, ISSUER: `${service.url}/~`, CLIENT_SECRET: 'Secr3t!', PORT: String(port), NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [file], { cwd: project, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const url = `http://localhost:${port}/orders`;
  const answers = (): Promise<boolean> => fetch(url).then(Boolean, () => false);
  await until(`the start of ${file}`, async () => child.exitCode !== null || (await answers()), 20_000);
  if (child.exitCode !== null) throw new Error(`${file} has ended: ${errors}`);
  return { url, child, errors: () => errors };
}

describe('the examples of the README', () => {
  test.each(['express.mjs', 'fastify.mjs', 'nest.ts', 'plain.mjs'])(
    '%s runs as it stands, against the product',
    async (name) => {
      const code = example(name);
      const file = name.replace(/\.ts$/, '.mjs');
      const options = {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2022,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
      };
      if (file !== name) writeFileSync(join(project, file), ts.transpileModule(code, { compilerOptions: options }).outputText);
      const { url, child, errors } = await started(file);
      const get = (token?: string) => fetch(url, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
      try {
        const { access_token: good } = await tokenOf(service, caller('orders-client'));
        const accepted = await get(good);
        expect([accepted.status, await accepted.json()]).toEqual([
          200,
          { subject: 'orders-client', clientId: 'orders-client', scopes: ['read'], expires: expect.any(Number) },
        ]);
        const { access_token: withoutScope } = await tokenOf(service, caller('many-client'));
        const lacking = await get(withoutScope);
        expect(lacking.status).toBe(403);
        expect(lacking.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
        const { access_token: elsewhere } = await tokenOf(service, caller('server-client'), { scope: 'read' });
        expect([(await get()).status, (await get('unknown')).status, (await get(elsewhere)).status]).toEqual([401, 401, 401]);
        expect(errors()).toBe('');
      } finally {
        child.kill();
      }
    },
    30_000,
  );
});

describe('the package', () => {
  test('brings what it needs, and no more: code, types, README, license; no specs, no sources', () => {
    const installed = join(project, 'node_modules', '@tokenwright', 'resource-server');
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    expect(readdirSync(installed).sort()).toEqual(['LICENSE', 'README.md', 'lib', 'package.json']);
    expect(files.filter((file) => /\.spec\.|testing|(?<!\.d)\.ts$|\.map$/.test(file))).toEqual([]);
  });

  test('needs the jose that it is tested with, and no framework', () => {
    const its = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;
    const ours = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;
    expect(its['dependencies']).toEqual({ jose: `^${ours['dependencies']!['jose']!}` });
    expect(its['peerDependencies']).toBeUndefined();
  });

  test('is there for require', async () => {
    const code = `const { createTokenValidator } = require('@tokenwright/resource-server'); console.log(typeof createTokenValidator)`;
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '-e', code], { cwd: project });
    expect(stdout.trim()).toBe('function');
  });

  test('has types that hold in the strictest of projects, its declarations included', async () => {
    writeFileSync(
      join(project, 'types.ts'),
      `import { createTokenValidator, type Accepted, type Denied, type RevocationFeed } from '@tokenwright/resource-server';
       import { expressMiddleware, requireScopes } from '@tokenwright/resource-server/express';
       import express from 'express';
       const feed: RevocationFeed = { subscribe: (listener) => { listener.forget({ jti: 'a' }); return () => listener.forgetAll(); } };
       const validator = createTokenValidator({ issuer: 'https://as.example', audience: null, revocationFeed: feed, fetch });
       const app = express();
       app.use(expressMiddleware(validator));
       app.get('/', requireScopes('read'), (request, response) => void response.json([...(request.auth?.scopes ?? [])]));
       export const outcome: Promise<Accepted | Denied> = validator.validate({ method: 'GET', url: '/', headers: {} });
       // @ts-expect-error -- an audience is needed, if only null
       createTokenValidator({ issuer: 'https://as.example' });`,
    );
    await compiles('types.ts', false);
  }, 60_000);

  test('has types that fit Nest and Fastify', async () => {
    example('nest.ts');
    writeFileSync(
      join(project, 'fastify.ts'),
      `import fastify from 'fastify';
       import { createTokenValidator } from '@tokenwright/resource-server';
       import { fastifyPlugin, requireScopes } from '@tokenwright/resource-server/fastify';
       const app = fastify();
       void app.register(fastifyPlugin(createTokenValidator({ issuer: 'https://as.example', audience: 'a' })));
       app.get('/', { preHandler: requireScopes('read') }, (request) => request.auth?.token.sub);`,
    );
    await compiles('nest.ts', true);
    await compiles('fastify.ts', true);
  }, 60_000);

  async function compiles(file: string, skipLibCheck: boolean): Promise<void> {
    const config = {
      compilerOptions: {
        ...{ module: 'nodenext', target: 'ES2022', lib: ['ES2023'], types: ['node'], strict: true, noEmit: true, skipLibCheck },
        ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noPropertyAccessFromIndexSignature: true },
        ...{ experimentalDecorators: true, emitDecoratorMetadata: true },
      },
      files: [file],
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = await run(process.execPath, [tsc, '-p', project]).catch((error: unknown) => error as { stdout: string });
    expect(stdout).toBe('');
  }
});
