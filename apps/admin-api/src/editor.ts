import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { describe, secretsGiven } from '#libs/configuration';
import {
  ConfigurationError,
  put,
  remove,
  validate,
  type Change,
  type Configuration,
  type Entities,
  type EntityKind,
  type MaybePromise,
} from '#libs/oauth';
import { requireRole } from './admin.guard.ts';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { auditOf, auditOfGifts, bare, keysFor, type PlannedChange } from './change-audit.ts';
import type { Edit } from './edit.ts';
import { check } from './preconditions.ts';
import { notFound, Problem } from './problem.ts';
import { Reviews, type ReviewOptions } from './reviews.ts';

/** What is to be changed, made of one configuration. */
export interface Plan<T> {
  readonly changes: readonly PlannedChange[];
  readonly result: T;
}

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
  /** For those who are to approve it, where it is a proposal. */
  readonly review?: ReviewOptions;
}

/**
 * Changes the configuration for an administrator: checks what the request expects, writes the audit event and makes
 * signing keys that a change calls for, all in the one transaction of the change.
 */
@Injectable()
export class Editor {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly reviews: Reviews,
  ) {}

  /**
   * Applies a plan. `work` may run more than once, so everything it depends on comes from its argument.
   * @throws ConfigurationError when the result would not be valid, Proposed where it needs a second administrator
   */
  async apply<T>(
    edit: Edit,
    work: (configuration: Configuration) => Plan<T> | Promise<Plan<T>>,
    review: ReviewOptions = {},
  ): Promise<{ readonly result: T; readonly revision: number }> {
    const { configuration: live, clock, sealer } = this.services;
    return live.change(async (configuration) => {
      const plan = await work(configuration);
      const changes = plan.changes.map(bare);
      await this.#propose(edit, configuration, plan.changes, review);
      requireGiver(configuration, changes, edit);
      const keys = await keysFor(configuration, changes, sealer, clock());
      const audit = [
        ...auditOf(configuration, plan.changes, edit.actor.id, clock()),
        ...auditOfGifts(configuration, changes, edit.actor.id, clock()),
        ...auditOf(configuration, keys, edit.actor.id, clock()),
      ];
      return { changes: [...changes, ...keys], audit, result: plan.result };
    });
  }

  /** What would not be valid is refused before anybody is asked to look at it. */
  async #propose(edit: Edit, before: Configuration, changes: readonly PlannedChange[], review: ReviewOptions): Promise<void> {
    if (!this.reviews.asksFor(edit.actor) || changes.length === 0) return;
    const bareChanges = changes.map(bare);
    const problems = validate(before.with(bareChanges), bareChanges);
    if (problems.length > 0) throw new ConfigurationError(problems);
    await this.reviews.propose(edit, before, changes, review);
  }

  /** Puts one entity; nothing happens when it is as it was. */
  async put<K extends EntityKind>(
    edit: Edit,
    kind: K,
    key: string,
    make: (before: Entities[K] | undefined, configuration: Configuration) => MaybePromise<Entities[K]>,
    { action, along, review }: PutOptions<Entities[K]> = {},
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
        this.requireOwnership(kind, key, before?.value, edit);
        const changes = [{ ...put(kind, value), action }, ...(along?.(before?.value, configuration) ?? [])];
        return { changes, result: { value, created: before === undefined, unchanged: null } };
      },
      review,
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
        this.requireOwnership(kind, key, value, edit);
        return { changes: [remove(kind, key), ...parts(configuration)], result: undefined };
      });
    } catch (error) {
      if (error instanceof ConfigurationError)
        throw new Problem('in-use', `The ${words(kind)} is needed elsewhere.`, { errors: error.problems, cause: error });
      throw error;
    }
  }

  /** @throws Problem `owned-by-file` when a file owns a part of the configuration and the request does not take it over */
  requireOwnership(kind: EntityKind, key: string, before: { readonly origin: string } | undefined, { takeOver }: Edit): void {
    if (before?.origin !== 'file' || takeOver) return;
    const { configurationFile: file } = this.services;
    throw new Problem(
      'owned-by-file',
      `The configuration file${file === null ? '' : ` ${file}`} owns ${describe(kind, key)}: change it there and apply the file again ("tokenwright apply"), ` +
        `or take it over with ?takeOver=true ("--take-over"; role "admin"). From then on the admin API owns it, and a file that says otherwise is refused.`,
    );
  }
}

/** The entity, which must exist: what a path names. @throws Problem `not-found` */
export function existing<T>(kind: EntityKind, key: string, value: T | undefined): T {
  if (value === undefined) throw notFound(`${words(kind)} "${key.split('/').map(decodeURIComponent).join('/')}"`);
  return value;
}

/** @throws Problem `forbidden` when secrets would be given away, and that is not for the administrator to do */
function requireGiver(before: Configuration, changes: readonly Change[], { actor }: Edit): void {
  if (secretsGiven(before, changes).length > 0) requireRole(actor.role, 'admin');
}

function words(kind: EntityKind): string {
  return kind.replace('-', ' ');
}
