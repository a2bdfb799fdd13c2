import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { shape } from '#libs/configuration';
import { entityKey, type AccountLink, type Profile } from '#libs/oauth';
import { AccountEditor } from './account-editor.ts';
import { readAccounts } from './account-import.ts';
import {
  accountAnswer,
  accountChangeBody,
  accountView,
  createdAccountAnswer,
  endedSessionsAnswer,
  importAnswer,
  linkAnswer,
  linkQuery,
  linkView,
  newAccountBody,
  newLinkBody,
  passwordAnswer,
  passwordBody,
  sessionAnswer,
  sessionView,
  type AccountChangeBody,
  type NewAccountBody,
} from './account-shapes.ts';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { listOf } from './answers.ts';
import { JSON_LINES_TYPES } from './body-parsers.ts';
import { EditOf, type Edit } from './edit.ts';
import { existing } from './editor.ts';
import { defined, pageQuery } from './listing.ts';
import { Operation } from './operation.ts';
import { Problem } from './problem.ts';

const accountQuery = shape({
  ...pageQuery.shape,
  q: z.string().max(256).default('').describe('How the username begins, in any case.'),
  username: z.string().min(1).max(256).optional().describe('The whole username, in any case: at most one account.'),
});

/** Accounts are data, not configuration: no file has them. */
@ApiTags('accounts')
@Controller('admin/v1/profiles/:profile/accounts')
export class AccountsController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly editor: AccountEditor,
  ) {}

  @Get()
  @Operation({
    summary: 'List or search the accounts of a profile',
    description: 'By username.',
    role: 'read',
    status: 200,
    answer: listOf(accountAnswer),
    refuses: [404],
  })
  async list(@Param('profile') profile: string, @Query({ schema: accountQuery }) query: z.output<typeof accountQuery>) {
    this.#profile(profile);
    const { accounts } = this.services.stores;
    const { limit, after, q, username } = query;
    if (username !== undefined) {
      const found = await accounts.findByUsername(profile, username);
      return { items: found === null ? [] : [accountView(found)], next: null };
    }
    const { items, next } = await accounts.list(profile, q, defined({ limit, after }));
    return { items: items.map(accountView), next };
  }

  @Post()
  @Operation({
    summary: 'Create an account',
    description: 'Without a password of your choice, or the hash of one, the answer has one, this once.',
    role: 'admin',
    status: 201,
    answer: createdAccountAnswer,
    refuses: [404, 409, 413, 415, 422],
  })
  async create(@Param('profile') profile: string, @Body({ schema: newAccountBody }) body: NewAccountBody, @EditOf() edit: Edit) {
    this.#profile(profile);
    const { account, ...shown } = await this.editor.create(profile, body, edit);
    return { ...accountView(account), ...shown };
  }

  @Post('import')
  @Operation({
    summary: 'Import accounts',
    description:
      'One a line, as JSON: `{"username": "alice", "passwordHash": "$argon2id$...", "attributes": {...}, "id": "...", "enabled": true}`; all but the username may be left out. Hashes are argon2id, bcrypt (`$2a$`, `$2b$`, `$2y$`, up to cost 14), or PBKDF2 with SHA-256 or SHA-512 as `$pbkdf2-sha256$iterations$salt$key`; they become argon2id when their people sign in. When a line is not right, nothing is imported.',
    role: 'admin',
    status: 200,
    answer: importAnswer,
    bodies: JSON_LINES_TYPES,
    refuses: [404, 413, 415, 422],
  })
  async import(@Param('profile') profile: string, @Body() body: unknown, @EditOf() edit: Edit) {
    this.#profile(profile);
    return this.editor.import(profile, readAccounts(profile, body, this.services.clock()), edit);
  }

  @Get(':account')
  @Operation({ summary: 'Read an account', role: 'read', status: 200, answer: accountAnswer, refuses: [404] })
  async read(@Param('profile') profile: string, @Param('account') id: string) {
    this.#profile(profile);
    return accountView(await this.editor.existing(profile, id));
  }

  @Patch(':account')
  @Operation({
    summary: 'Change, disable or enable an account',
    description:
      '`attributes` takes the place of all there are. Nobody can sign in to a disabled account, and who was is signed out everywhere; its delegations stay until they are revoked.',
    role: 'admin',
    status: 200,
    answer: accountAnswer,
    refuses: [404, 413, 415, 422],
  })
  async change(
    @Param('profile') profile: string,
    @Param('account') id: string,
    @Body({ schema: accountChangeBody }) body: AccountChangeBody,
    @EditOf() edit: Edit,
  ) {
    this.#profile(profile);
    return accountView(await this.editor.change(profile, id, body, edit));
  }

  @Post(':account/password')
  @Operation({
    summary: 'Give an account a new password',
    description: 'It is unlocked and signed out everywhere. Without a password of your choice the answer has one, this once.',
    role: 'admin',
    status: 200,
    answer: passwordAnswer,
    refuses: [404, 413, 415, 422],
  })
  async setPassword(
    @Param('profile') profile: string,
    @Param('account') id: string,
    @Body({ schema: passwordBody.prefault({}) }) { password }: z.output<typeof passwordBody>,
    @EditOf() edit: Edit,
  ) {
    this.#profile(profile);
    return this.editor.setPassword(profile, id, password, edit);
  }

  @Post(':account/unlock')
  @Operation({ summary: 'Unlock an account after failed attempts', role: 'admin', status: 204, refuses: [404] })
  async unlock(@Param('profile') profile: string, @Param('account') id: string, @EditOf() edit: Edit): Promise<void> {
    this.#profile(profile);
    await this.editor.unlock(profile, id, edit);
  }

  @Delete(':account')
  @Operation({
    summary: 'Delete an account',
    description: 'With its sessions and consents; its delegations are revoked with all their tokens.',
    role: 'admin',
    status: 204,
    refuses: [404],
  })
  async delete(@Param('profile') profile: string, @Param('account') id: string, @EditOf() edit: Edit): Promise<void> {
    this.#profile(profile);
    await this.editor.delete(profile, id, edit);
  }

  @Get(':account/sessions')
  @Operation({
    summary: 'List where somebody is signed in',
    description: 'Newest first, at most 100; there is no further page.',
    role: 'read',
    status: 200,
    answer: listOf(sessionAnswer),
    refuses: [404],
  })
  async sessions(@Param('profile') profile: string, @Param('account') id: string) {
    this.#profile(profile);
    await this.editor.existing(profile, id);
    const sessions = await this.services.stores.sessions.list(profile, id, this.services.clock());
    return { items: sessions.map(sessionView), next: null };
  }

  @Delete(':account/sessions')
  @Operation({ summary: 'Sign somebody out everywhere', role: 'admin', status: 200, answer: endedSessionsAnswer, refuses: [404] })
  async endSessions(@Param('profile') profile: string, @Param('account') id: string, @EditOf() edit: Edit) {
    this.#profile(profile);
    return { sessions: await this.editor.endSessions(profile, id, edit) };
  }

  @Get(':account/links')
  @Operation({
    summary: 'List who somebody is at upstream providers',
    description: 'Oldest first, at most 100; there is no further page.',
    role: 'read',
    status: 200,
    answer: listOf(linkAnswer),
    refuses: [404],
  })
  async links(@Param('profile') profile: string, @Param('account') id: string) {
    this.#profile(profile);
    await this.editor.existing(profile, id);
    const links = await this.services.stores.links.list(profile, id);
    return { items: links.map((link) => this.#linkView(profile, link)), next: null };
  }

  @Post(':account/links')
  @Operation({
    summary: 'Let somebody sign in by an upstream provider',
    description: 'Whoever is this subject there is the person of the account from then on.',
    role: 'admin',
    status: 201,
    answer: linkAnswer,
    refuses: [404, 409, 413, 415, 422],
  })
  async link(
    @Param('profile') profile: string,
    @Param('account') id: string,
    @Body({ schema: newLinkBody }) { provider, subject }: z.output<typeof newLinkBody>,
    @EditOf() edit: Edit,
  ) {
    const { upstreamProviders } = this.#profile(profile);
    const issuer = Object.hasOwn(upstreamProviders, provider) ? upstreamProviders[provider]?.issuer : undefined;
    if (issuer === undefined)
      throw new Problem('invalid-body', 'Nothing was changed.', {
        errors: [{ pointer: '/provider', message: `the profile has no upstream provider "${provider}"` }],
      });
    return this.#linkView(profile, await this.editor.link({ profile, issuer, subject, account: id }, edit));
  }

  @Delete(':account/links')
  @Operation({
    summary: 'Let somebody sign in by an upstream provider no more',
    description: 'The account is signed out everywhere, and what was given in its sessions ends.',
    role: 'admin',
    status: 204,
    refuses: [404],
  })
  async unlink(
    @Param('profile') profile: string,
    @Param('account') id: string,
    @Query({ schema: linkQuery }) { issuer, subject }: z.output<typeof linkQuery>,
    @EditOf() edit: Edit,
  ): Promise<void> {
    this.#profile(profile);
    await this.editor.unlink({ profile, issuer, subject, account: id }, edit);
  }

  #linkView(profile: string, link: AccountLink) {
    const { upstreamProviders } = this.#profile(profile);
    const [name = null] = Object.entries(upstreamProviders).find(([, { issuer }]) => issuer === link.issuer) ?? [];
    return linkView(link, name);
  }

  #profile(profile: string): Profile {
    return existing('profile', entityKey(profile), this.services.configuration.current.get('profile', entityKey(profile)));
  }
}
