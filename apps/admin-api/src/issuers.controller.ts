import { Body, Controller, Delete, Get, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { isFirstDefault, tokenIssuerBody, tokenIssuerKindOf, tokenIssuerOf, values, type TokenIssuerBody } from '#libs/configuration';
import { entityKey } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { listOf, tokenIssuerAnswer } from './answers.ts';
import { EditOf, type Edit } from './edit.ts';
import { Editor } from './editor.ts';
import { pageOfProfile, putAnswered, readAnswered, requireProfile } from './entity-answers.ts';
import { pageQuery, type PageQuery } from './listing.ts';
import { Operation } from './operation.ts';

@ApiTags('token issuers')
@Controller('admin/v1/profiles/:profile/token-issuers')
export class IssuersController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly editor: Editor,
  ) {}

  @Get()
  @Operation({
    summary: 'List the token issuers of a profile',
    role: 'read',
    status: 200,
    answer: listOf(tokenIssuerAnswer),
    refuses: [404],
  })
  list(@Param('profile') profile: string, @Query({ schema: pageQuery }) query: PageQuery) {
    return pageOfProfile(this.services.configuration.current, 'token-issuer', profile, query);
  }

  @Get(':issuer')
  @Operation({ summary: 'Read a token issuer', role: 'read', status: 200, answer: tokenIssuerAnswer, tagged: true, refuses: [404] })
  read(@Param('profile') profile: string, @Param('issuer') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return readAnswered(this.services.configuration.current, 'token-issuer', entityKey(profile, id), reply);
  }

  @Put(':issuer')
  @Operation({
    summary: 'Create or replace a token issuer',
    description: 'Makes the signing keys of its algorithm when the profile has none.',
    role: 'admin',
    proposes: true,
    status: 200,
    answer: tokenIssuerAnswer,
    also: { 201: 'Created.' },
    tagged: true,
    edits: 'put',
    refuses: [404, 413, 415, 422],
  })
  async put(
    @Param('profile') profile: string,
    @Param('issuer', { schema: values.id }) id: string,
    @Body({ schema: tokenIssuerBody }) body: TokenIssuerBody,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const edited = await this.editor.put(edit, 'token-issuer', entityKey(profile, id), (_before, configuration) => {
      requireProfile(configuration, profile);
      return tokenIssuerOf(profile, id, body, 'api', isFirstDefault(configuration, profile, id, tokenIssuerKindOf(id, body)));
    });
    return putAnswered('token-issuer', edited, reply);
  }

  @Delete(':issuer')
  @Operation({ summary: 'Delete a token issuer', role: 'admin', proposes: true, status: 204, edits: 'conditional', refuses: [404] })
  delete(@Param('profile') profile: string, @Param('issuer') id: string, @EditOf() edit: Edit): Promise<void> {
    return this.editor.remove(edit, 'token-issuer', entityKey(profile, id));
  }
}
