import { describe, expect, test } from '@jest/globals';
import { ENDPOINT_KINDS } from '../configuration/entities.ts';
import { ServiceUnderTest, SHIPPED } from '../testing/service-builder.ts';
import { InProcessSandbox } from '../testing/in-process-sandbox.ts';
import { findFlow, FLOWS, flowsOf } from './flows.ts';

describe('flows (PROCEDURE_API 2)', () => {
  test('are found by their id and by the kind of their endpoint', () => {
    for (const flow of FLOWS) {
      expect(findFlow(flow.id)).toBe(flow);
      expect(flowsOf(flow.endpoint)).toContain(flow);
    }
    for (const id of ['', 'nothing', 'constructor', '__proto__']) expect(findFlow(id)).toBeUndefined();
  });

  test('every kind of endpoint that answers by a procedure has one, and every id is told apart', () => {
    const without = [
      'oauth-revocation-events',
      'oauth-pushed-authorization',
      'oauth-backchannel-decision',
      'oauth-end-session',
      'user-pages',
    ];
    expect(ENDPOINT_KINDS.filter((kind) => flowsOf(kind).length === 0)).toEqual(without);
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

  test('every grant type has a flow of the token endpoint', async () => {
    const { service } = await ServiceUnderTest.open();
    for (const { flow } of service.grantTypes) expect(findFlow(flow)?.endpoint).toBe('oauth-token');
  });
});
