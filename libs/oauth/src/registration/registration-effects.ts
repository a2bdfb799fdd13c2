import { CeilingError, isNestedTooDeeply } from '../issuance/claims.ts';
import type { GuestEffect } from '../procedures/sandbox.ts';

/** Bytes of all properties of a client as JSON: what an administrator may write, too. */
const MOST_BYTES = 16_384;

/**
 * The properties of a client, with what a run has set over them.
 *
 * @throws CeilingError where they are too many
 */
export function propertiesAfter(before: Readonly<Record<string, unknown>>, recorded: readonly GuestEffect[]): Record<string, unknown> {
  const properties = new Map(Object.entries(before));
  for (const { kind, payload } of recorded) {
    if (kind !== 'client-property') continue;
    const at = payload.indexOf('\n');
    const text = payload.slice(at + 1);
    if (isNestedTooDeeply(text)) throw new CeilingError('setClientProperty: the value is nested too deeply');
    const { value } = JSON.parse(text) as { value?: unknown };
    properties.set(payload.slice(0, at), value ?? null);
  }
  const after = Object.fromEntries(properties);
  if (Buffer.byteLength(JSON.stringify(after)) > MOST_BYTES)
    throw new CeilingError(`setClientProperty: the properties of a client must have at most ${MOST_BYTES} bytes as JSON`);
  return after;
}

/** The metadata that is judged: what was sent, without what a run has taken away, and with what it has answered. */
export function metadataAfter(
  asked: Readonly<Record<string, unknown>>,
  answered: Readonly<Record<string, unknown>>,
  recorded: readonly GuestEffect[],
): Record<string, unknown> {
  const removed = new Set(recorded.filter(({ kind }) => kind === 'metadata-removal').map(({ payload }) => payload));
  return { ...Object.fromEntries(Object.entries(asked).filter(([name]) => !removed.has(name))), ...answered };
}
