import { Body, Controller, Delete, Get, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { endpointBody, endpointKindOf, endpointOf, isFirstAdvertised, values, type EndpointBody } from '#libs/configuration';
import { entityKey, keyOf, remove } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { endpointAnswer, listOf } from './answers.ts';
import { EditOf, type Edit } from './edit.ts';
import { Editor } from './editor.ts';
import { pageOfProfile, putAnswered, readAnswered, requireProfile } from './entity-answers.ts';
import { pageQuery, type PageQuery } from './listing.ts';
import { Operation } from './operation.ts';

@ApiTags('endpoints')
@Controller('admin/v1/profiles/:profile/endpoints')
export class EndpointsController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly editor: Editor,
  ) {}

  @Get()
  @Operation({ summary: 'List the endpoints of a profile', role: 'read', status: 200, answer: listOf(endpointAnswer), refuses: [404] })
  list(@Param('profile') profile: string, @Query({ schema: pageQuery }) query: PageQuery) {
    return pageOfProfile(this.services.configuration.current, 'endpoint', profile, query);
  }

  @Get(':endpoint')
  @Operation({ summary: 'Read an endpoint', role: 'read', status: 200, answer: endpointAnswer, tagged: true, refuses: [404] })
  read(@Param('profile') profile: string, @Param('endpoint') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return readAnswered(this.services.configuration.current, 'endpoint', entityKey(profile, id), reply);
  }

  @Put(':endpoint')
  @Operation({
    summary: 'Create or replace an endpoint',
    role: 'admin',
    proposes: true,
    status: 200,
    answer: endpointAnswer,
    also: { 201: 'Created.' },
    tagged: true,
    edits: 'put',
    refuses: [404, 413, 415, 422],
  })
  async put(
    @Param('profile') profile: string,
    @Param('endpoint', { schema: values.id }) id: string,
    @Body({ schema: endpointBody }) body: EndpointBody,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const edited = await this.editor.put(edit, 'endpoint', entityKey(profile, id), (_before, configuration) => {
      requireProfile(configuration, profile);
      return endpointOf(profile, id, body, 'api', isFirstAdvertised(configuration, profile, id, endpointKindOf(id, body)));
    });
    return putAnswered('endpoint', edited, reply);
  }

  @Delete(':endpoint')
  @Operation({
    summary: 'Delete an endpoint with its bindings',
    role: 'admin',
    proposes: true,
    status: 204,
    edits: 'conditional',
    refuses: [404],
  })
  delete(@Param('profile') profile: string, @Param('endpoint') id: string, @EditOf() edit: Edit): Promise<void> {
    return this.editor.remove(edit, 'endpoint', entityKey(profile, id), (configuration) =>
      [...configuration.all('binding')]
        .filter((binding) => binding.profile === profile && binding.endpoint === id)
        .map((binding) => remove('binding', keyOf('binding', binding))),
    );
  }
}
