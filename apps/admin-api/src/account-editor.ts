import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  entityKey,
  generatePassword,
  hashPassword,
  passwordProblem,
  type Account,
  type AccountLink,
  type NewAccount,
  type NewAuditEvent,
  type UpstreamPerson,
} from '#libs/oauth';
import type { AccountChangeBody, NewAccountBody } from './account-shapes.ts';
import { SERVICES, type AdminServices } from './admin-services.ts';
import type { Edit } from './edit.ts';
import { notFound, Problem } from './problem.ts';
import { Revocation } from './revocation.ts';

/** Accounts that are made in one transaction. */
const PORTION = 500;

/**
 * Changes accounts for an administrator. Audit events are written first, as of revocations; they name the attributes and not what they
 * say, since that is the person's.
 */
@Injectable()
export class AccountEditor {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly revocation: Revocation,
  ) {}

  /** @throws Problem `not-found` */
  async existing(profile: string, id: string): Promise<Account> {
    const account = await this.services.stores.accounts.find(profile, id);
    if (account === null) throw notFound(`account "${id}"`);
    return account;
  }

  /** @returns the account, with its password where that was generated */
  async create(profile: string, body: NewAccountBody, edit: Edit): Promise<{ readonly account: Account; readonly password?: string }> {
    const { stores, clock } = this.services;
    const { username, attributes, enabled } = body;
    const id = randomUUID();
    const { passwordHash, shown } =
      body.passwordHash === undefined ? await madePassword(body.password, username) : { passwordHash: body.passwordHash, shown: {} };
    if ((await stores.accounts.findByUsername(profile, username)) !== null) throw taken(username);
    await this.#record(edit, 'create', profile, id, null, { username, attributes: Object.keys(attributes), enabled });
    const [isMade] = await stores.accounts.create([{ profile, id, username, passwordHash, attributes, enabled, createdAt: clock() }]);
    if (isMade !== true) throw taken(username);
    return { account: await this.existing(profile, id), ...shown };
  }

  /** One audit event says how many. */
  async import(
    profile: string,
    accounts: readonly NewAccount[],
    edit: Edit,
  ): Promise<{ readonly created: number; readonly taken: string[] }> {
    await this.#record(edit, 'import', profile, null, null, { accounts: accounts.length });
    const names: string[] = [];
    for (let start = 0; start < accounts.length; start += PORTION) {
      const portion = accounts.slice(start, start + PORTION);
      const made = await this.services.stores.accounts.create(portion);
      names.push(...portion.flatMap(({ username }, i) => (made[i] === true ? [] : [username])));
      await turn();
    }
    return { created: accounts.length - names.length, taken: names };
  }

  async change(profile: string, id: string, { attributes, enabled }: AccountChangeBody, edit: Edit): Promise<Account> {
    const before = await this.existing(profile, id);
    const shown = (known: object, isEnabled: boolean) => ({ attributes: Object.keys(known), enabled: isEnabled });
    const after = shown(attributes ?? before.attributes, enabled ?? before.enabled);
    await this.#record(edit, 'update', profile, id, shown(before.attributes, before.enabled), after);
    const change = { ...(attributes === undefined ? {} : { attributes }), ...(enabled === undefined ? {} : { enabled }) };
    await this.services.stores.accounts.update(profile, id, change, this.services.clock());
    return this.existing(profile, id);
  }

  /** Signs the person out everywhere. */
  async setPassword(profile: string, id: string, chosen: string | null | undefined, edit: Edit): Promise<{ readonly password?: string }> {
    const { username } = await this.existing(profile, id);
    const { passwordHash, shown } = await madePassword(chosen, username);
    await this.#record(edit, 'set-password', profile, id, null, { password: passwordHash !== null });
    if (!(await this.services.stores.accounts.setPassword({ profile, id, passwordHash, at: this.services.clock() })))
      throw notFound(`account "${id}"`);
    return shown;
  }

  async unlock(profile: string, id: string, edit: Edit): Promise<void> {
    const { failures, lockedUntil } = await this.existing(profile, id);
    await this.#record(edit, 'unlock', profile, id, { failures, lockedUntil }, { failures: 0, lockedUntil: 0 });
    await this.services.stores.accounts.unlock(profile, id, this.services.clock());
  }

  /** Nobody can sign in while it goes on, and what fails midway may be repeated. */
  async delete(profile: string, id: string, edit: Edit): Promise<void> {
    const { username } = await this.existing(profile, id);
    const { stores, clock } = this.services;
    await this.#record(edit, 'delete', profile, id, { username }, null);
    await stores.accounts.update(profile, id, { enabled: false }, clock());
    await this.revocation.delegations(profile, { owner: id }, edit);
    await stores.accounts.delete(profile, id);
  }

  async endSessions(profile: string, id: string, edit: Edit): Promise<number> {
    await this.existing(profile, id);
    await this.#record(edit, 'end-sessions', profile, id, null, null);
    return this.services.stores.sessions.endOf(profile, id, {});
  }

  /** Its audit event is stored with it. */
  async link(link: UpstreamPerson & { readonly account: string }, edit: Edit): Promise<AccountLink> {
    const { profile, issuer, subject, account } = link;
    await this.existing(profile, account);
    const event = this.#event(edit, 'link', profile, account, null, { issuer, subject });
    const isMade = await this.services.stores.links.add(link, this.services.clock(), event);
    const found = await this.services.stores.links.find(link);
    if (!isMade || found === null) throw new Problem('already-exists', `"${subject}" of ${issuer} is linked to an account already.`);
    return found;
  }

  async unlink(link: UpstreamPerson & { readonly account: string }, edit: Edit): Promise<void> {
    const { profile, issuer, subject, account } = link;
    const event = this.#event(edit, 'unlink', profile, account, { issuer, subject }, null);
    const outcome = await this.services.stores.links.remove(link, { unlessLast: false }, event);
    if (outcome !== 'removed') throw notFound(`link of account "${account}" to "${subject}" of ${issuer}`);
  }

  async #record(edit: Edit, verb: string, profile: string, id: string | null, before: unknown, after: unknown): Promise<void> {
    await this.services.stores.audit.append([this.#event(edit, verb, profile, id, before, after)]);
  }

  #event(edit: Edit, verb: string, profile: string, id: string | null, before: unknown, after: unknown): NewAuditEvent {
    return {
      ...{ at: this.services.clock(), actor: edit.actor.id, action: `account.${verb}`, kind: 'account' },
      key: id === null ? entityKey(profile) : entityKey(profile, id),
      before,
      after,
    };
  }
}

async function madePassword(chosen: string | null | undefined, username: string) {
  if (chosen === null) return { passwordHash: null, shown: {} };
  if (chosen !== undefined && passwordProblem(chosen, username) === 'is-username')
    throw new Problem('invalid-body', 'Nothing was changed.', { errors: [{ pointer: '/password', message: 'must not be the username' }] });
  const password = chosen ?? generatePassword();
  return { passwordHash: await hashPassword(password), shown: chosen === undefined ? { password } : {} };
}

function taken(username: string): Problem {
  return new Problem('already-exists', `There is an account "${username}" already.`);
}
