import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { auditOfGift, redact, secretsGiven } from '#libs/configuration';
import {
  ConfigurationError,
  missingKeys,
  put,
  remove,
  type Change,
  type Configuration,
  type Entities,
  type EntityKind,
  type MaybePromise,
  type NewAuditEvent,
} from '#libs/oauth';
import { requireRole } from './admin.guard.ts';
import { SERVICES, type AdminServices } from './admin-services.ts';
import type { Edit } from './edit.ts';
import { check } from './preconditions.ts';
import { notFound, Problem } from './problem.ts';

/** What is to be changed, made of one configuration. */
export interface Plan<T> {
  readonly changes: readonly PlannedChange[];
  readonly result: T;
}

/** A change with its audit action, when that is more than creating, updating or deleting. */
export type PlannedChange = Change & { readonly action?: string | undefined };

/** An entity after a change. */
export interface Edited<T> {
  readonly value: T;
  readonly revision: number;
  readonly created: boolean;
}

export interface PutOptions<T> {
  /** Audit action, when it is more than creating or updating. */
  readonly action?: string | undefined;
  /** What changes with it. */
  readonly along?: (before: T | undefined, configuration: Configuration) => readonly Change[];
}

/** What may call for signing keys that nobody has made yet. */
const NEEDS_KEYS: ReadonlySet<EntityKind> = new Set(['profile', 'token-issuer', 'client']);

/**
 * Changes the configuration for an administrator: checks what the request expects, writes the audit event and makes
 * signing keys that a change calls for, all in the one transaction of the change.
 */
@Injectable()
export class Editor {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  /**
   * Applies a plan. `work` may run more than once, so everything it depends on comes from its argument.
   * @throws ConfigurationError when the result would not be valid.
   */
  async apply<T>(
    edit: Edit,
    work: (configuration: Configuration) => Plan<T> | Promise<Plan<T>>,
  ): Promise<{ readonly result: T; readonly revision: number }> {
    const { configuration: live, clock, sealer } = this.services;
    return live.change(async (configuration) => {
      const plan = await work(configuration);
      const changes: Change[] = plan.changes.map(({ action: _action, ...change }) => change);
      const events = [...audit(configuration, plan.changes, edit, clock()), ...giving(configuration, changes, edit, clock())];
      if (changes.some(({ kind, value }) => value !== null && NEEDS_KEYS.has(kind))) {
        const keys = await missingKeys(configuration.with(changes), sealer, clock());
        changes.push(...keys);
        events.push(...audit(configuration, keys, edit, clock()));
      }
      return { changes, audit: events, result: plan.result };
    });
  }

  /** Puts one entity; nothing happens when it is as it was. */
  async put<K extends EntityKind>(
    edit: Edit,
    kind: K,
    key: string,
    make: (before: Entities[K] | undefined, configuration: Configuration) => MaybePromise<Entities[K]>,
    { action, along }: PutOptions<Entities[K]> = {},
  ): Promise<Edited<Entities[K]>> {
    const { result, revision } = await this.apply(
      edit,
      async (configuration): Promise<Plan<{ value: Entities[K]; created: boolean; unchanged: number | null }>> => {
        const before = configuration.stored(kind, key);
        check(edit.preconditions, before?.revision);
        const value = await make(before?.value, configuration);
        // Entities are JSON values: whose prototypes they have says nothing.
        if (before !== undefined && isDeepStrictEqual(before.value, value, { skipPrototype: true }))
          return { changes: [], result: { value, created: false, unchanged: before.revision } };
        // A binding chooses what answers; it is meant to be changed here, whoever made it.
        if (kind !== 'binding') requireOwnership(kind, before?.value, edit);
        const changes = [{ ...put(kind, value), action }, ...(along?.(before?.value, configuration) ?? [])];
        return { changes, result: { value, created: before === undefined, unchanged: null } };
      },
    );
    return { value: result.value, created: result.created, revision: result.unchanged ?? revision };
  }

  /** Changes one entity that must exist. */
  update<K extends EntityKind>(
    edit: Edit,
    kind: K,
    key: string,
    change: (before: Entities[K], configuration: Configuration) => MaybePromise<Entities[K]>,
    options?: PutOptions<Entities[K]>,
  ): Promise<Edited<Entities[K]>> {
    return this.put(edit, kind, key, (before, configuration) => change(existing(kind, key, before), configuration), options);
  }

  /**
   * Removes one entity with what cannot be without it.
   * @throws Problem `in-use` when something else needs it.
   */
  async remove(
    edit: Edit,
    kind: EntityKind,
    key: string,
    parts: (configuration: Configuration) => readonly Change[] = () => [],
  ): Promise<void> {
    try {
      await this.apply(edit, (configuration) => {
        const before = configuration.stored(kind, key);
        check(edit.preconditions, before?.revision);
        const value = existing(kind, key, before?.value);
        if (kind !== 'binding') requireOwnership(kind, value, edit);
        return { changes: [remove(kind, key), ...parts(configuration)], result: undefined };
      });
    } catch (error) {
      if (error instanceof ConfigurationError)
        throw new Problem('in-use', `The ${words(kind)} is needed elsewhere.`, { errors: error.problems, cause: error });
      throw error;
    }
  }
}

/** The entity, which must exist: what a path names. @throws Problem `not-found` */
export function existing<T>(kind: EntityKind, key: string, value: T | undefined): T {
  if (value === undefined) throw notFound(`${words(kind)} "${key.split('/').map(decodeURIComponent).join('/')}"`);
  return value;
}

/** @throws Problem `owned-by-file` when a file owns an entity and the request does not take it over. */
export function requireOwnership(kind: EntityKind, before: { readonly origin: string } | undefined, edit: Edit): void {
  if (before?.origin !== 'file' || edit.takeOver) return;
  throw new Problem(
    'owned-by-file',
    `The ${words(kind)} comes from a configuration file: change it there, or add ?takeOver=true (role "admin"), after which it is the API's and a file that says otherwise is refused.`,
  );
}

function audit(before: Configuration, changes: readonly PlannedChange[], edit: Edit, at: number): NewAuditEvent[] {
  return changes.map(({ kind, key, value, action }) => {
    const old = before.get(kind, key);
    const verb = value === null ? 'delete' : old === undefined ? 'create' : 'update';
    return {
      at,
      actor: edit.actor.id,
      action: action ?? `${kind}.${verb}`,
      kind,
      key,
      before: old === undefined ? null : redact(kind, old),
      after: value === null ? null : redact(kind, value),
    };
  });
}

/**
 * Says which secrets are given away, under the key of each secret.
 * @throws Problem `forbidden` when that is not for the administrator to do
 */
function giving(before: Configuration, changes: readonly Change[], edit: Edit, at: number): NewAuditEvent[] {
  const gifts = secretsGiven(before, changes);
  if (gifts.length > 0) requireRole(edit.actor.role, 'admin');
  return gifts.map((gift) => auditOfGift(gift, at, edit.actor.id));
}

function words(kind: EntityKind): string {
  return kind.replace('-', ' ');
}
