import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Configuration, ENTITY_KINDS, validate } from '#libs/oauth';
import { exportConfiguration } from './export-configuration.ts';
import { anyConfiguration, options } from './testing/any-configuration.ts';
import { applyChanges, demoText, NOW } from './testing/files.ts';

/** Everything, without who made it. */
function plain(configuration: Configuration): unknown {
  return Object.fromEntries(
    ENTITY_KINDS.map((kind) => [
      kind,
      Object.fromEntries(
        [...configuration.all(kind)].map((entity) => [
          JSON.stringify([kind, entity].slice(0, 1)) + keyText(entity),
          { ...entity, origin: null },
        ]),
      ),
    ]),
  );
}

function keyText(entity: object): string {
  const { profile, id, endpoint, flow, procedure, library, version } = entity as Record<string, unknown>;
  return JSON.stringify([profile, id, endpoint, id === undefined ? flow : null, procedure, library, version]);
}

describe('exporting a configuration', () => {
  test('applied to the same service an export changes nothing, to an empty one it gives the same configuration', async () => {
    await fc.assert(
      fc.asyncProperty(anyConfiguration, async (original) => {
        expect(validate(original)).toEqual([]);
        const text = exportConfiguration(original, { now: NOW });
        expect((await applyChanges(original, text, options)).changes).toEqual([]);
        const { configuration: copy } = await applyChanges(Configuration.empty, text, options);
        expect(plain(copy)).toEqual(plain(original));
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  test('the demo configuration comes back from its export, without its secrets', async () => {
    const { configuration: demo } = await applyChanges(Configuration.empty, await demoText());
    const text = exportConfiguration(demo, { now: NOW });
    expect(text).not.toContain('Secr3t!');
    expect((await applyChanges(demo, text)).changes).toEqual([]);
    expect((await applyChanges(demo, await demoText())).changes).toEqual([]);
  });

  test('says at its top what it is and what is not in it', () => {
    const text = exportConfiguration(Configuration.empty, { now: NOW });
    expect(text).toMatch(/^# The configuration of a Tokenwright service at revision 0, exported at 2026-/);
    expect(text).toContain('everything but signing keys and administrators');
  });
});
