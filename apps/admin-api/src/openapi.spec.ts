import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import * as answers from './answers.ts';
import { dryRunAnswer } from './dry-run-answers.ts';
import { checkAnswer, declarationsAnswer, describedFlowAnswer } from './editor-answers.ts';
import { PROBLEMS } from './problem.ts';
import { SOURCE, TestAdminApi, type Json } from './testing/test-admin-api.ts';

let api: TestAdminApi;
let document: Json;

beforeAll(async () => {
  api = await TestAdminApi.start();
  document = (await api.call('GET', '/openapi.json', { as: null })).json;
});
afterAll(() => api.close());

const operations = () =>
  Object.entries<Json>(document.paths).flatMap(([path, item]) =>
    Object.entries<Json>(item).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, path, operation })),
  );

describe('the OpenAPI description', () => {
  test('is of version 3.1 and served as JSON to everybody', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'Tokenwright admin API', version: '0.1.0' });
  });

  test('has every route of the application and no other', () => {
    const served = new Set<string>();
    const fastify = api.app.getHttpAdapter().getInstance();
    for (const { path } of operations()) {
      const url = path.replace(/\{([a-z]+)\}/g, ':$1');
      for (const method of ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'] as const)
        if (fastify.hasRoute({ method, url })) served.add(`${method} ${path}`);
    }
    expect(
      operations()
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...served].sort());
    expect(api.routeCount()).toBe(served.size);
  });

  test('describes each operation: summary, role, id, parameters of the path, answers with their shape', () => {
    const ids = new Set<string>();
    for (const { name, path, operation } of operations()) {
      expect([name, operation.summary]).toEqual([name, expect.stringMatching(/^[A-Z].{5,}/)]);
      expect(operation.description).toMatch(/Needs the role `|Open to all/);
      expect(operation.tags).toHaveLength(1);
      ids.add(operation.operationId);
      const inPath = (operation.parameters ?? [])
        .filter((parameter: Json) => parameter.in === 'path')
        .map((parameter: Json) => parameter.name);
      expect([name, inPath.sort()]).toEqual([name, [...path.matchAll(/\{([a-z]+)\}/g)].map(([, parameter]) => parameter).sort()]);
      const statuses = Object.keys(operation.responses);
      expect([name, statuses.some((status) => /^(2|303)/.test(status))]).toEqual([name, true]);
      for (const [status, response] of Object.entries<Json>(operation.responses)) {
        if (status === '204' || status === '303') continue;
        expect([name, status, Object.keys(response.content ?? {}).length]).toEqual([
          name,
          status,
          name.endsWith('/source') && status === '200' ? 2 : 1,
        ]);
        if (Number(status) >= 400 && status !== '503') expect(Object.keys(response.content)).toEqual(['application/problem+json']);
      }
      if (operation.description.includes('Needs the role')) expect(operation.security).toEqual([{ administrator: [] }, { session: [] }]);
    }
    expect(ids.size).toBe(operations().length);
  });

  test('every operation that takes a body describes it', () => {
    const described = operations().filter(({ operation }) => operation.requestBody !== undefined);
    for (const { name, operation } of described) {
      for (const [type, { schema }] of Object.entries<Json>(operation.requestBody.content))
        expect([name, type, Object.keys(schema).length > 0]).toEqual([name, type, true]);
    }
    expect(described.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'PUT /admin/v1/configuration',
        'POST /admin/v1/procedures/{procedure}/versions',
        'PUT /admin/v1/profiles/{profile}',
      ]),
    );
    const upload = document.paths['/admin/v1/procedures/{procedure}/versions'].post;
    expect(Object.keys(upload.requestBody.content).sort()).toEqual([
      'application/javascript',
      'application/json',
      'application/typescript',
      'text/javascript',
      'text/typescript',
    ]);
    expect(upload.parameters.map((parameter: Json) => parameter.name)).toEqual(
      expect.arrayContaining(['flow', 'activate', 'note', 'language', 'library', 'secret', 'takeOver', 'If-Match', 'procedure']),
    );
  });

  test('every reference leads somewhere', () => {
    const text = JSON.stringify(document);
    for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g))
      expect(document.components.schemas).toHaveProperty([name ?? '']);
    expect(text).not.toContain('#/$defs/');
  });
});

describe('answers', () => {
  test('have exactly the shape that is described', async () => {
    await api.furnish();
    await api.call('POST', '/p/p/clients', { body: { id: 'c', capabilities: ['introspection'] } });
    await api.call('PUT', '/p/p/endpoints/e/bindings/oauth-introspect', { body: { procedure: 'mine' } });
    await api.call('POST', '/admin/v1/libraries/claims/versions', { body: { source: 'function claim() {}' } });
    await api.call('PUT', '/p/p/http-clients/h', { body: { credentials: { kind: 'bearer', value: 'token' } } });
    await api.call('PUT', '/p/p/secrets/s', { body: { value: 'secret' } });
    await api.call('PUT', '/p/p/buckets/b');
    const shapes: readonly (readonly [url: string, schema: z.ZodType])[] = [
      ['/admin/v1/status', answers.statusAnswer],
      ['/admin/v1/flows', answers.listOf(answers.flowAnswer)],
      ['/admin/v1/flows/oauth-introspect', describedFlowAnswer],
      ['/admin/v1/flows/oauth-introspect/declarations', declarationsAnswer],
      ['/p/p', answers.profileAnswer],
      ['/p/p/endpoints', answers.listOf(answers.endpointAnswer)],
      ['/p/p/bindings', answers.listOf(answers.bindingAnswer)],
      ['/p/p/endpoints/e/bindings', answers.listOf(answers.bindingAnswer)],
      ['/p/p/clients', answers.listOf(answers.clientAnswer)],
      ['/p/p/token-issuers', answers.listOf(answers.tokenIssuerAnswer)],
      ['/p/p/keys', answers.listOf(answers.signingKeyAnswer)],
      ['/admin/v1/procedures', answers.listOf(answers.listedProcedureAnswer)],
      ['/admin/v1/procedures/mine/versions', answers.listOf(answers.versionAnswer)],
      ['/p/p/http-clients', answers.listOf(answers.httpClientAnswer)],
      ['/p/p/secrets', answers.listOf(answers.profileSecretAnswer)],
      ['/p/p/buckets', answers.listOf(answers.bucketAnswer)],
      ['/admin/v1/libraries', answers.listOf(answers.libraryAnswer)],
      ['/admin/v1/libraries/claims/versions', answers.listOf(answers.libraryVersionAnswer)],
      ['/admin/v1/administrators', answers.listOf(answers.administratorAnswer)],
      ['/admin/v1/audit', answers.listOf(answers.auditEventAnswer)],
      ['/health/ready', answers.healthAnswer],
      ['/p/none', answers.problemAnswer],
    ];
    for (const [url, schema] of shapes) {
      const { json } = await api.call('GET', url);
      expect([url, schema.safeParse(json).error?.issues]).toEqual([url, undefined]);
      if (json.items !== undefined) expect([url, json.items.length > 0]).toEqual([url, true]);
    }
    const client = await api.call('POST', '/p/p/clients', { body: { id: 'd' } });
    expect(answers.createdClientAnswer.safeParse(client.json).error).toBeUndefined();
    expect(answers.createdSecretAnswer.safeParse((await api.call('POST', '/p/p/clients/d/secrets')).json).error).toBeUndefined();
    expect(
      answers.createdAdministratorAnswer.safeParse(
        (await api.call('POST', '/admin/v1/administrators', { body: { id: 'x', role: 'read' } })).json,
      ).error,
    ).toBeUndefined();
    expect(
      answers.rotationAnswer.safeParse((await api.call('POST', '/p/p/keys/rotate', { body: { emergency: true } })).json).error,
    ).toBeUndefined();
    expect(
      answers.uploadAnswer.safeParse(
        (await api.call('POST', '/admin/v1/procedures/mine/versions', { body: { source: `${SOURCE}//` } })).json,
      ).error,
    ).toBeUndefined();
    expect(
      answers.uploadedLibraryAnswer.safeParse(
        (await api.call('POST', '/admin/v1/libraries/claims/versions', { body: { source: '//' } })).json,
      ).error,
    ).toBeUndefined();
    const check = { source: SOURCE, flow: 'oauth-introspect' };
    expect(checkAnswer.safeParse((await api.call('POST', '/admin/v1/check', { body: check })).json).error).toBeUndefined();
    const dryRun = { profile: 'p', flow: 'oauth-introspect', program: { source: SOURCE } };
    expect(dryRunAnswer.safeParse((await api.call('POST', '/admin/v1/dry-run', { body: dryRun })).json).error).toBeUndefined();
  });

  test('the names of problems are stable words', () => {
    for (const [name, { status, title }] of Object.entries(PROBLEMS)) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(title).toMatch(/^[A-Z]/);
    }
  });
});
