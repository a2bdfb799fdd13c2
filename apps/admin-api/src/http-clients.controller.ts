import { Body, Controller, Delete, Get, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { httpClientBody, values, type HttpClientBody } from '#libs/configuration';
import { entityKey } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { httpClientAnswer, listOf } from './answers.ts';
import { EditOf, type Edit } from './edit.ts';
import { Editor } from './editor.ts';
import { pageOfProfile, putAnswered, readAnswered, requireProfile } from './entity-answers.ts';
import { editedHttpClient } from './http-client-edit.ts';
import { pageQuery, type PageQuery } from './listing.ts';
import { Operation } from './operation.ts';

@ApiTags('http clients')
@Controller('admin/v1/profiles/:profile/http-clients')
export class HttpClientsController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly editor: Editor,
  ) {}

  @Get()
  @Operation({
    summary: 'List the outgoing HTTP clients of a profile',
    role: 'read',
    status: 200,
    answer: listOf(httpClientAnswer),
    refuses: [404],
  })
  list(@Param('profile') profile: string, @Query({ schema: pageQuery }) query: PageQuery) {
    return pageOfProfile(this.services.configuration.current, 'http-client', profile, query);
  }

  @Get(':client')
  @Operation({
    summary: 'Read an outgoing HTTP client',
    description: 'Whether it has credentials and a key, and never which.',
    role: 'read',
    status: 200,
    answer: httpClientAnswer,
    tagged: true,
    refuses: [404],
  })
  read(@Param('profile') profile: string, @Param('client') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return readAnswered(this.services.configuration.current, 'http-client', entityKey(profile, id), reply);
  }

  @Put(':client')
  @Operation({
    summary: 'Create or replace an outgoing HTTP client',
    description:
      'What procedures of the profile may reach, and with which credentials. A value or key that is left out stays as it is stored; none is ever shown again.',
    role: 'admin',
    proposes: true,
    status: 200,
    answer: httpClientAnswer,
    also: { 201: 'Created.' },
    tagged: true,
    edits: 'put',
    refuses: [404, 413, 415, 422],
  })
  async put(
    @Param('profile') profile: string,
    @Param('client', { schema: values.id }) id: string,
    @Body({ schema: httpClientBody }) body: HttpClientBody,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const edited = await this.editor.put(edit, 'http-client', entityKey(profile, id), (before, configuration) => {
      requireProfile(configuration, profile);
      return editedHttpClient(this.services.sealer, profile, id, body, before);
    });
    return putAnswered('http-client', edited, reply);
  }

  @Delete(':client')
  @Operation({
    summary: 'Delete an outgoing HTTP client',
    description: 'With its credentials. Calls of procedures that name it fail from now on.',
    role: 'admin',
    proposes: true,
    status: 204,
    edits: 'conditional',
    refuses: [404],
  })
  delete(@Param('profile') profile: string, @Param('client') id: string, @EditOf() edit: Edit): Promise<void> {
    return this.editor.remove(edit, 'http-client', entityKey(profile, id));
  }
}
