import { Body, Controller, Delete, Get, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { secretBody, secretOf, values, type SecretBody } from '#libs/configuration';
import { entityKey, type Secret } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { listOf, profileSecretAnswer } from './answers.ts';
import { EditOf, tag, type Edit } from './edit.ts';
import { Editor, existing } from './editor.ts';
import { page, pageQuery, type PageQuery } from './listing.ts';
import { Operation } from './operation.ts';
import { sealedAgain } from './sealed-values.ts';
import { viewOf } from './views.ts';

@ApiTags('secrets')
@Controller('admin/v1/profiles/:profile/secrets')
export class SecretsController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly editor: Editor,
  ) {}

  @Get()
  @Operation({
    summary: 'List the secrets of a profile',
    description: 'Their names and when they were set, never their values.',
    role: 'read',
    status: 200,
    answer: listOf(profileSecretAnswer),
    refuses: [404],
  })
  list(@Param('profile') profile: string, @Query({ schema: pageQuery }) query: PageQuery) {
    const { current } = this.services.configuration;
    existing('profile', entityKey(profile), current.get('profile', entityKey(profile)));
    return page(current, 'secret', query, (secret) => secret.profile === profile);
  }

  @Get(':secret')
  @Operation({ summary: 'See when a secret was set', role: 'read', status: 200, answer: profileSecretAnswer, tagged: true, refuses: [404] })
  read(@Param('profile') profile: string, @Param('secret') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    const key = entityKey(profile, id);
    const stored = existing('secret', key, this.services.configuration.current.stored('secret', key));
    tag(reply, stored.revision);
    return viewOf('secret', stored.value);
  }

  @Put(':secret')
  @Operation({
    summary: 'Set a secret',
    description:
      'Procedures read it by its name when their version was uploaded with that name and an administrator has activated or bound it. The value is never shown again.',
    role: 'admin',
    status: 200,
    answer: profileSecretAnswer,
    also: { 201: 'Created.' },
    tagged: true,
    edits: 'put',
    refuses: [404, 413, 415, 422],
  })
  async put(
    @Param('profile') profile: string,
    @Param('secret', { schema: values.id }) id: string,
    @Body({ schema: secretBody }) body: SecretBody,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { value, revision, created } = await this.editor.put(edit, 'secret', entityKey(profile, id), (before, configuration) => {
      existing('profile', entityKey(profile), configuration.get('profile', entityKey(profile)));
      return this.#set(profile, id, body.value, before);
    });
    if (created) reply.code(201);
    tag(reply, revision);
    return viewOf('secret', value);
  }

  @Delete(':secret')
  @Operation({
    summary: 'Delete a secret',
    description: 'Refused while a version that reads it is bound in the profile.',
    role: 'admin',
    status: 204,
    edits: 'conditional',
    refuses: [404],
  })
  delete(@Param('profile') profile: string, @Param('secret') id: string, @EditOf() edit: Edit): Promise<void> {
    return this.editor.remove(edit, 'secret', entityKey(profile, id));
  }

  async #set(profile: string, id: string, value: string, before: Secret | undefined): Promise<Secret> {
    const { sealer, clock } = this.services;
    const sealed = await sealedAgain(sealer, before?.sealedValue ?? null, value);
    const updatedAt = sealed === before?.sealedValue ? before.updatedAt : clock();
    return secretOf(profile, id, sealed, { createdAt: before?.createdAt ?? updatedAt, updatedAt }, 'api');
  }
}
