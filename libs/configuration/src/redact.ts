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
    case 'signing-key': {
      const { sealedPrivateJwk: _sealed, ...rest } = entity as Entities['signing-key'];
      return rest;
    }
    case 'administrator': {
      const { tokenHash: _hash, ...rest } = entity as Entities['administrator'];
      return rest;
    }
    case 'procedure-version': {
      const { source: _source, ...rest } = entity as Entities['procedure-version'];
      return rest;
    }
    default:
      return entity;
  }
}
