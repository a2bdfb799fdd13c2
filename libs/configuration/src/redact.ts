import type { Entities, EntityKind } from '#libs/oauth';

/**
 * An entity as audit events and administrators may see it: without secret hashes, sealed private keys and token hashes.
 * The text of a procedure version is left out too: it is kept with the version, and its digest tells it.
 */
export function redact<K extends EntityKind>(kind: K, entity: Entities[K] | null | undefined): unknown {
  if (entity === null || entity === undefined) return null;
  switch (kind) {
    case 'client': {
      const { secrets, ...rest } = entity as Entities['client'];
      return { ...rest, secrets: secrets.map(({ createdAt, expiresAt }) => ({ createdAt, expiresAt })) };
    }
    case 'signing-key':
      return without(entity as Entities['signing-key'], 'sealedPrivateJwk');
    case 'administrator':
      return without(entity as Entities['administrator'], 'tokenHash');
    case 'procedure-version':
      return without(entity as Entities['procedure-version'], 'source');
    default:
      return entity;
  }
}

function without<T extends object>(entity: T, member: keyof T): Partial<T> {
  const copy = { ...entity };
  delete copy[member];
  return copy;
}
