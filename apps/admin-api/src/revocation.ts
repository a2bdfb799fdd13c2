import { Inject, Injectable } from '@nestjs/common';
import { endDelegations, entityKey, parseTokenId, type DelegationRecord, type DelegationsOf, type NewAuditEvent } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import type { Edit } from './edit.ts';
import { notFound } from './problem.ts';

/**
 * Revokes for an administrator. Audit events are written first: a revocation that cannot be recorded is not made,
 * and one that fails after its event is repeated by the administrator who sees the error.
 */
@Injectable()
export class Revocation {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  /** @throws Problem `not-found` when the profile has no token of this public id */
  async token(profile: string, id: string, edit: Edit): Promise<void> {
    const { stores, clock } = this.services;
    const key = parseTokenId(id);
    const [found] = key === null ? [] : await stores.tokens.find([key]);
    if (found?.profile !== profile) throw notFound(`token "${id}"`);
    if (found.revokedAt !== null) return;
    const { purpose, clientId, delegationId } = found;
    await stores.audit.append([this.#event(edit, 'token', 'revoke', entityKey(profile, id), { purpose, clientId, delegationId })]);
    // A refresh token stands for all that comes of it.
    if (purpose === 'refresh_token') await stores.tokens.revokeDelegation(profile, delegationId, clock());
    await stores.tokens.revokeToken(profile, found.key, clock());
  }

  /** Revokes one that is active. */
  async delegation({ profile, id, clientId, owner, scope, status }: DelegationRecord, edit: Edit): Promise<void> {
    const { stores, clock } = this.services;
    if (status !== 'active') return;
    await stores.audit.append([this.#event(edit, 'delegation', 'revoke', entityKey(profile, id), { clientId, owner, scope })]);
    await stores.tokens.revokeDelegation(profile, id, clock());
  }

  /** Revokes every active one of a client, an owner or both; answers how many. One audit event says whose. */
  async delegations(profile: string, whose: DelegationsOf, edit: Edit): Promise<number> {
    const { stores, clock } = this.services;
    await stores.audit.append([this.#event(edit, 'delegation', 'revoke-all', entityKey(profile), whose)]);
    return endDelegations(stores.tokens, profile, whose, clock());
  }

  #event(edit: Edit, kind: 'token' | 'delegation', verb: string, key: string, details: object): NewAuditEvent {
    return {
      at: this.services.clock(),
      actor: edit.actor.id,
      action: `${kind}.${verb}`,
      kind,
      key,
      before: { status: 'active', ...details },
      after: { status: 'revoked', ...details },
    };
  }
}
