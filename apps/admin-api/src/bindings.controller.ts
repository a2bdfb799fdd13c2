import { Body, Controller, Delete, Get, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { bindingBody, bindingOf, flowId, type BindingBody } from '#libs/configuration';
import { entityKey } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { bindingAnswer, listOf } from './answers.ts';
import { EditOf, type Edit } from './edit.ts';
import { Editor, existing } from './editor.ts';
import { pageOfProfile, putAnswered, readAnswered } from './entity-answers.ts';
import { page, pageQuery, type PageQuery } from './listing.ts';
import { Operation } from './operation.ts';

@ApiTags('bindings')
@Controller('admin/v1/profiles/:profile/bindings')
export class ProfileBindingsController {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  @Get()
  @Operation({
    summary: 'List the bindings of all endpoints of a profile',
    role: 'read',
    status: 200,
    answer: listOf(bindingAnswer),
    refuses: [404],
  })
  list(@Param('profile') profile: string, @Query({ schema: pageQuery }) query: PageQuery) {
    return pageOfProfile(this.services.configuration.current, 'binding', profile, query);
  }
}

@ApiTags('bindings')
@Controller('admin/v1/profiles/:profile/endpoints/:endpoint/bindings')
export class BindingsController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly editor: Editor,
  ) {}

  @Get()
  @Operation({ summary: 'List the bindings of an endpoint', role: 'read', status: 200, answer: listOf(bindingAnswer), refuses: [404] })
  list(@Param('profile') profile: string, @Param('endpoint') endpoint: string, @Query({ schema: pageQuery }) query: PageQuery) {
    const { current } = this.services.configuration;
    existing('endpoint', entityKey(profile, endpoint), current.get('endpoint', entityKey(profile, endpoint)));
    return page(current, 'binding', query, (binding) => binding.profile === profile && binding.endpoint === endpoint);
  }

  @Get(':flow')
  @Operation({
    summary: 'Read which procedure answers a flow',
    role: 'read',
    status: 200,
    answer: bindingAnswer,
    tagged: true,
    refuses: [404],
  })
  read(
    @Param('profile') profile: string,
    @Param('endpoint') endpoint: string,
    @Param('flow') flow: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return readAnswered(this.services.configuration.current, 'binding', entityKey(profile, endpoint, flow), reply);
  }

  @Put(':flow')
  @Operation({
    summary: 'Let a procedure answer a flow',
    role: 'admin',
    proposes: true,
    status: 200,
    answer: bindingAnswer,
    also: { 201: 'Created.' },
    tagged: true,
    edits: 'put',
    refuses: [404, 413, 415, 422],
  })
  async put(
    @Param('profile') profile: string,
    @Param('endpoint') endpoint: string,
    @Param('flow', { schema: flowId }) flow: string,
    @Body({ schema: bindingBody }) body: BindingBody,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const edited = await this.editor.put(edit, 'binding', entityKey(profile, endpoint, flow), (_before, configuration) => {
      existing('endpoint', entityKey(profile, endpoint), configuration.get('endpoint', entityKey(profile, endpoint)));
      return bindingOf(profile, endpoint, flow, body, 'api');
    });
    return putAnswered('binding', edited, reply);
  }

  @Delete(':flow')
  @Operation({
    summary: 'Give a flow back to the shipped default',
    role: 'admin',
    proposes: true,
    status: 204,
    edits: 'conditional',
    refuses: [404],
  })
  delete(
    @Param('profile') profile: string,
    @Param('endpoint') endpoint: string,
    @Param('flow') flow: string,
    @EditOf() edit: Edit,
  ): Promise<void> {
    return this.editor.remove(edit, 'binding', entityKey(profile, endpoint, flow));
  }
}
