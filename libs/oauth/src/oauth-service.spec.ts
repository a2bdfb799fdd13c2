import { expect, test } from '@jest/globals';
import { ServiceUnderTest } from './testing/service-builder.ts';
test('smoke', async () => {
  const s = await ServiceUnderTest.open();
  const t = await s.token();
  console.log(t, (await s.introspect(t)), await s.introspect(t, 'application/jwt'), await s.introspect(t, 'application/token-introspection+jwt'), await s.revoke(t), await s.introspect(t), await s.get('/~/jwks'));
  console.log(s.log, s.sandbox.seen.map(x => [x.program, x.runs, x.context]));
  expect(1).toBe(1);
});
