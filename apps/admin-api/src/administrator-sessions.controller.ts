import { Controller, Delete, Get, Inject, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { entityKey } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { requireRole } from './admin.guard.ts';
import { AdminSessions } from './admin-sessions.ts';
import { listOf } from './answers.ts';
import { EditOf, type Edit } from './edit.ts';
import { isSamePerson } from './open-id-people.ts';
import { Operation } from './operation.ts';
import { notFound } from './problem.ts';
import { adminSessionAnswer, adminSessionView, endedAdminSessionsAnswer } from './session-answers.ts';

/** Where administrators are signed in. */
@ApiTags('administrators')
@Controller('admin/v1')
export class AdministratorSessionsController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly sessions: AdminSessions,
  ) {}

  @Get('sessions')
  @Operation({
    summary: 'List where administrators are signed in',
    description: 'Newest first, at most 100; there is no further page.',
    role: 'read',
    status: 200,
    answer: listOf(adminSessionAnswer),
  })
  async all() {
    return { items: (await this.sessions.list(null)).map(adminSessionView), next: null };
  }

  @Get('administrators/:administrator/sessions')
  @Operation({
    summary: 'List where an administrator is signed in',
    description:
      'Newest first, at most 100; there is no further page. Who came by OpenID Connect has an id such as `oidc:alice/248289761001`.',
    role: 'read',
    status: 200,
    answer: listOf(adminSessionAnswer),
    refuses: [404],
  })
  async list(@Param('administrator') id: string) {
    const sessions = await this.sessions.list(id);
    if (sessions.length === 0) this.#existing(id);
    return { items: sessions.map(adminSessionView), next: null };
  }

  @Delete('administrators/:administrator/sessions')
  @Operation({
    summary: 'Sign an administrator out everywhere',
    role: 'admin',
    status: 200,
    answer: endedAdminSessionsAnswer,
    refuses: [404],
  })
  async endAll(@Param('administrator') id: string, @EditOf() { actor }: Edit) {
    const sessions = await this.sessions.endOf(id, actor);
    if (sessions === 0) this.#existing(id);
    return { sessions };
  }

  @Delete('administrators/:administrator/sessions/:session')
  @Operation({
    summary: 'End a session of an administrator',
    description: 'Your own with any role, those of others as `admin`.',
    role: 'read',
    status: 204,
    refuses: [404],
  })
  async end(@Param('administrator') id: string, @Param('session') session: string, @EditOf() { actor }: Edit): Promise<void> {
    if (!isSamePerson(actor.id, id)) requireRole(actor.role, 'admin');
    if ((await this.sessions.endOf(id, actor, session)) === 0) throw notFound('session of this id');
  }

  #existing(id: string): void {
    if (this.services.configuration.current.get('administrator', entityKey(id)) === undefined) throw notFound('administrator of this id');
  }
}
