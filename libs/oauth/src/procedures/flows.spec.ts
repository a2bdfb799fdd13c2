import { describe, expect, test } from '@jest/globals';
import { ENDPOINT_KINDS } from '../configuration/entities.ts';
import { SHIPPED } from '../testing/service-builder.ts';
import { InProcessSandbox } from '../testing/in-process-sandbox.ts';
import { GRANT_TYPES } from '../oauth-service.ts';
import { findFlow, FLOWS, flowsOf } from './flows.ts';

describe('flows (PROCEDURE_API 2)', () => {
  test('are found by their id and by the kind of their endpoint', () => {
    for (const flow of FLOWS) {
      expect(findFlow(flow.id)).toBe(flow);
      expect(flowsOf(flow.endpoint)).toContain(flow);
    }
    for (const id of ['', 'nothing', 'constructor', '__proto__']) expect(findFlow(id)).toBeUndefined();
  });

  test('every kind of endpoint has one, and every id is told apart', () => {
    for (const kind of ENDPOINT_KINDS) expect(flowsOf(kind).length).toBeGreaterThan(0);
    expect(new Set(FLOWS.map(({ id }) => id)).size).toBe(FLOWS.length);
  });

  test('every one has a shipped default that passes the upload check', async () => {
    const sandbox = new InProcessSandbox();
    for (const { id } of FLOWS) {
      const program = SHIPPED.get(id);
      if (program === undefined) throw new Error(`no default for ${id}`);
      expect(await sandbox.check(program)).toEqual({ ok: true, warnings: [] });
    }
  });

  test('every grant type has a flow of the token endpoint', () => {
    for (const { flow } of GRANT_TYPES) expect(findFlow(flow)?.endpoint).toBe('oauth-token');
  });
});
