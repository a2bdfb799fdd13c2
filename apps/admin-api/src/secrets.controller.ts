import { Body, Controller, Delete, Get, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { secretBody, secretOf, values, type SecretBody } from '#libs/configuration';
import { entityKey, type Secret } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { listOf, profileSecretAnswer } from './answers.ts';
import { EditOf, type Edit } from './edit.ts';
import { Editor } from './editor.ts';
import { pageOfProfile, putAnswered, readAnswered, requireProfile } from './entity-answers.ts';
import { pageQuery, type PageQuery } from './listing.ts';
import { Operation } from './operation.ts';
import { sealedAgain } from './sealed-values.ts';

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
    return pageOfProfile(this.services.configuration.current, 'secret', profile, query);
  }

  @Get(':secret')
  @Operation({ summary: 'See when a secret was set', role: 'read', status: 200, answer: profileSecretAnswer, tagged: true, refuses: [404] })
  read(@Param('profile') profile: string, @Param('secret') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return readAnswered(this.services.configuration.current, 'secret', entityKey(profile, id), reply);
  }

  @Put(':secret')
  @Operation({
    summary: 'Set a secret',
    description:
      'Procedures read it by its name when their version was uploaded with that name and an administrator has activated or bound it. The value is never shown again.',
    role: 'admin',
    proposes: true,
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
    const edited = await this.editor.put(edit, 'secret', entityKey(profile, id), (before, configuration) => {
      requireProfile(configuration, profile);
      return this.#set(profile, id, body.value, before);
    });
    return putAnswered('secret', edited, reply);
  }

  @Delete(':secret')
  @Operation({
    summary: 'Delete a secret',
    description: 'Refused while a version that reads it is bound in the profile.',
    role: 'admin',
    proposes: true,
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
