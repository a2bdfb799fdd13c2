import { setImmediate as turn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { entityKey, parseTokenId, type DelegationRecord, type NewAuditEvent } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import type { Edit } from './edit.ts';
import { notFound } from './problem.ts';

/** Delegations revoked between two turns of the event loop's other work, and audited together. */
const BATCH = 50;

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
    await stores.audit.append([this.#event(edit, 'token', profile, id, { purpose, clientId, delegationId })]);
    await stores.tokens.revokeToken(profile, found.key, clock());
  }

  /** Revokes those that are active; answers how many. */
  async delegations(delegations: readonly DelegationRecord[], edit: Edit): Promise<number> {
    const { stores, clock } = this.services;
    const active = delegations.filter(({ status }) => status === 'active');
    if (active.length === 0) return 0;
    await stores.audit.append(
      active.map(({ profile, id, clientId, owner, scope }) => this.#event(edit, 'delegation', profile, id, { clientId, owner, scope })),
    );
    let revoked = 0;
    for (const { profile, id } of active) if (await stores.tokens.revokeDelegation(profile, id, clock())) revoked++;
    return revoked;
  }

  /** Revokes all active delegations of a client or owner that exist when it starts; answers how many. */
  async allDelegations(
    whose: { readonly profile: string; readonly clientId?: string; readonly owner?: string },
    edit: Edit,
  ): Promise<number> {
    const start = this.services.clock();
    for (let total = 0; ;) {
      // Always the first page: what is revoked is no longer on it.
      const { items } = await this.services.stores.tokens.listDelegations({ ...whose, status: 'active' }, { limit: BATCH });
      const revoked = await this.delegations(items, edit);
      total += revoked;
      if (revoked === 0 || items.every(({ createdAt }) => createdAt > start)) return total;
      await turn();
    }
  }

  #event(edit: Edit, kind: 'token' | 'delegation', profile: string, id: string, details: object): NewAuditEvent {
    return {
      at: this.services.clock(),
      actor: edit.actor.id,
      action: `${kind}.revoke`,
      kind,
      key: entityKey(profile, id),
      before: { status: 'active', ...details },
      after: { status: 'revoked', ...details },
    };
  }
}
