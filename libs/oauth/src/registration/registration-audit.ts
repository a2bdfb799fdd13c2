import { entityKey } from '../configuration/entities.ts';
import type { NewDynamicClient } from '../registration-stores.ts';
import type { NewAuditEvent } from '../stores.ts';

type Shown = Pick<NewDynamicClient, 'profile' | 'id' | 'template' | 'registeredBy' | 'metadata' | 'properties'>;

/** What the audit trail shows of a client: no secrets and no hashes. */
function shown({ template, registeredBy, metadata, properties }: Shown): unknown {
  return { template, registeredBy, metadata, properties };
}

/**
 * That a client has registered itself, or changed.
 *
 * @param actor `dynamic-client ID` for the client itself, else who it is
 */
export function registrationEvent(
  verb: 'register' | 'update' | 'delete',
  actor: string,
  at: number,
  before: Shown | null,
  after: Shown | null,
): NewAuditEvent {
  const { profile, id } = after ?? before ?? { profile: '', id: '' };
  return {
    at,
    actor,
    action: `dynamic-client.${verb}`,
    kind: 'dynamic-client',
    key: entityKey(profile, id),
    before: before === null ? null : shown(before),
    after: after === null ? null : shown(after),
  };
}
