import type { Entities, EntityKind, HttpCredentials } from '#libs/oauth';

/**
 * An entity as audit events and administrators may see it: without secret hashes, sealed values and token hashes.
 * The texts of versions are left out too: they are kept with the version, and its digest tells them.
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
    case 'http-client': {
      const { credentials, tls, ...rest } = entity as Entities['http-client'];
      const { sealedClientKey, ...certificates } = tls;
      return {
        ...rest,
        credentials: credentials === null ? null : withoutValue(credentials),
        tls: { ...certificates, clientKey: sealedClientKey !== null },
      };
    }
    case 'secret': {
      const { sealedValue: _sealed, ...rest } = entity as Entities['secret'];
      return rest;
    }
    case 'procedure': {
      const { samples, ...rest } = entity as Entities['procedure'];
      // They are kept with the procedure; that there is another one tells.
      return { ...rest, samples: samples.map(({ name }) => name) };
    }
    case 'procedure-version':
    case 'library-version': {
      const { source: _source, script: _script, ...rest } = entity as Entities['procedure-version' | 'library-version'];
      return rest;
    }
    default:
      return entity;
  }
}

function withoutValue({ sealedValue: _sealed, ...rest }: HttpCredentials): unknown {
  return rest;
}
