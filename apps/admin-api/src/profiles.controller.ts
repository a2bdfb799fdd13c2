import { Body, Controller, Delete, Get, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { defaultTokenIssuers, profileBody, profileOf, values, type ProfileBody } from '#libs/configuration';
import { entityKey, keyOf, put, remove, type Change, type Configuration, PAIRWISE_SECRET } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { listOf, profileAnswer } from './answers.ts';
import { EditOf, type Edit } from './edit.ts';
import { Editor } from './editor.ts';
import { putAnswered, readAnswered } from './entity-answers.ts';
import { page, pageQuery, type PageQuery } from './listing.ts';
import { Operation } from './operation.ts';

@ApiTags('profiles')
@Controller('admin/v1/profiles')
export class ProfilesController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly editor: Editor,
  ) {}

  @Get()
  @Operation({ summary: 'List the profiles', role: 'read', status: 200, answer: listOf(profileAnswer) })
  list(@Query({ schema: pageQuery }) query: PageQuery) {
    return page(this.services.configuration.current, 'profile', query);
  }

  @Get(':profile')
  @Operation({ summary: 'Read a profile', role: 'read', status: 200, answer: profileAnswer, tagged: true, refuses: [404] })
  read(@Param('profile') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return readAnswered(this.services.configuration.current, 'profile', entityKey(id), reply);
  }

  @Put(':profile')
  @Operation({
    summary: 'Create or replace a profile',
    description: 'A new profile also gets one token issuer of each kind and its signing keys.',
    role: 'admin',
    proposes: true,
    status: 200,
    answer: profileAnswer,
    also: { 201: 'Created.' },
    tagged: true,
    edits: 'put',
    refuses: [413, 415, 422],
  })
  async put(
    @Param('profile', { schema: values.id }) id: string,
    @Body({ schema: profileBody }) body: ProfileBody,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const edited = await this.editor.put(edit, 'profile', entityKey(id), () => profileOf(id, body, 'api'), {
      along: (before) => (before === undefined ? defaultTokenIssuers(id, 'api').map((issuer) => put('token-issuer', issuer)) : []),
    });
    return putAnswered('profile', edited, reply);
  }

  @Delete(':profile')
  @Operation({
    summary: 'Delete a profile',
    description: 'With its token issuers and signing keys. Its endpoints and clients must be deleted before.',
    role: 'admin',
    proposes: true,
    status: 204,
    edits: 'conditional',
    refuses: [404],
  })
  delete(@Param('profile') id: string, @EditOf() edit: Edit): Promise<void> {
    return this.editor.remove(edit, 'profile', entityKey(id), (configuration) => partsOf(configuration, id));
  }
}

/** What makes no sense without a profile and is of no use elsewhere. */
function partsOf(configuration: Configuration, profile: string): readonly Change[] {
  const parts = (['token-issuer', 'signing-key'] as const).flatMap((kind) =>
    [...configuration.all(kind)].filter((part) => part.profile === profile).map((part) => remove(kind, keyOf(kind, part as never))),
  );
  // Other secrets somebody has set; this one the service has made.
  const pairwise = entityKey(profile, PAIRWISE_SECRET);
  return configuration.get('secret', pairwise) === undefined ? parts : [...parts, remove('secret', pairwise)];
}
