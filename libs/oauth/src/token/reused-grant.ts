import type { AuditStore, NewGrant, TokenStore } from '../stores.ts';

/**
 * One of two who presented what is good for one use has it from somewhere else: nobody keeps what it gave. RFC 6749 section 4.1.2.
 *
 * @param action of the audit event
 */
export async function endReused(
  tokens: Pick<TokenStore, 'revokeDelegation'>,
  audit: AuditStore,
  action: string,
  { profile, delegationId, clientId }: Pick<NewGrant, 'profile' | 'delegationId' | 'clientId'>,
  now: number,
): Promise<void> {
  if (delegationId === '' || !(await tokens.revokeDelegation(profile, delegationId, now))) return;
  await audit.append([
    {
      ...{ at: now, actor: 'system', action, kind: 'delegation', key: `${profile}/${delegationId}` },
      ...{ before: { status: 'active' }, after: { status: 'revoked', client: clientId } },
    },
  ]);
}
