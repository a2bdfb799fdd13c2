import { Body, Controller, Delete, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { entityKey, generateSecret, hashGeneratedSecret, remove, type Administrator, type Configuration } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { AdminSessions } from './admin-sessions.ts';
import { administratorAnswer, createdAdministratorAnswer, listOf } from './answers.ts';
import { newAdministratorBody } from './bodies.ts';
import { EditOf, tag, type Edit } from './edit.ts';
import { Editor, existing } from './editor.ts';
import { RENEW_TOKEN } from './guarded-changes.ts';
import { page, pageQuery, type PageQuery } from './listing.ts';
import { Operation } from './operation.ts';
import { check } from './preconditions.ts';
import { Problem } from './problem.ts';
import { viewOf } from './views.ts';

@ApiTags('administrators')
@Controller('admin/v1/administrators')
export class AdministratorsController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly editor: Editor,
    private readonly sessions: AdminSessions,
  ) {}

  @Get()
  @Operation({ summary: 'List the administrators', role: 'read', status: 200, answer: listOf(administratorAnswer) })
  list(@Query({ schema: pageQuery }) query: PageQuery) {
    return page(this.services.configuration.current, 'administrator', query);
  }

  @Post()
  @Operation({
    summary: 'Add an administrator',
    description:
      'The answer has the bearer token, this once. `read` sees, `author` also creates procedures, uploads versions and tries them, `admin` changes everything.',
    role: 'admin',
    proposes: true,
    status: 201,
    answer: createdAdministratorAnswer,
    tagged: true,
    refuses: [409, 413, 415, 422],
  })
  async create(
    @Body({ schema: newAdministratorBody }) body: z.output<typeof newAdministratorBody>,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const token = newToken();
    const { value, revision } = await this.editor.put(
      edit,
      'administrator',
      entityKey(body.id),
      (before) => {
        if (before !== undefined) throw new Problem('already-exists', 'There is an administrator of this id.');
        return { ...body, tokenHash: hashGeneratedSecret(token), createdAt: this.services.clock(), origin: 'api' };
      },
      { review: { reveals: { token } } },
    );
    tag(reply, revision);
    return { ...viewOf('administrator', value), token };
  }

  @Delete(':administrator')
  @Operation({
    summary: 'Remove an administrator',
    description: 'The last one with the role `admin` stays.',
    role: 'admin',
    proposes: true,
    status: 204,
    edits: 'unowned',
    refuses: [404],
  })
  async delete(@Param('administrator') id: string, @EditOf() edit: Edit): Promise<void> {
    const key = entityKey(id);
    await this.editor.apply(edit, (configuration) => {
      const stored = configuration.stored('administrator', key);
      check(edit.preconditions, stored?.revision);
      refuseLast(configuration, existing('administrator', key, stored?.value));
      return { changes: [remove('administrator', key)], result: undefined };
    });
    await this.sessions.endOf(id, edit.actor);
  }

  @Post(':administrator/token')
  @Operation({
    summary: 'Give an administrator a new token',
    description: 'The old one is refused from now on. The answer has the new one, this once.',
    role: 'admin',
    proposes: true,
    status: 200,
    answer: createdAdministratorAnswer,
    tagged: true,
    edits: 'unowned',
    refuses: [404],
  })
  async renewToken(@Param('administrator') id: string, @EditOf() edit: Edit, @Res({ passthrough: true }) reply: FastifyReply) {
    const token = newToken();
    const { value, revision } = await this.editor.update(
      edit,
      'administrator',
      entityKey(id),
      (before) => ({ ...before, tokenHash: hashGeneratedSecret(token) }),
      {
        action: RENEW_TOKEN,
        review: { reveals: { token } },
      },
    );
    // They are over by the new token; ended at once on nodes that have not heard of it.
    await this.sessions.endOf(id, edit.actor);
    tag(reply, revision);
    return { ...viewOf('administrator', value), token };
  }
}

/** A bearer token with 256 bits of randomness, and a prefix by which secret scanners know it. */
function newToken(): string {
  return `twadm_${generateSecret()}`;
}

function refuseLast(configuration: Configuration, leaving: Administrator): void {
  if (leaving.role !== 'admin') return;
  const others = [...configuration.all('administrator')].filter(({ id, role }) => role === 'admin' && id !== leaving.id);
  if (others.length === 0) throw new Problem('last-administrator', 'It is the last administrator with the role "admin".');
}
