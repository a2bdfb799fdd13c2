import { Body, Controller, Get, Headers, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { values } from '#libs/configuration';
import { entityKey } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { listOf, uploadAnswer, versionAnswer } from './answers.ts';
import { diffQuery, procedureUploadBody, procedureUploadQuery } from './bodies.ts';
import { SOURCE_TYPES } from './body-parsers.ts';
import { EditOf, type Edit } from './edit.ts';
import { existing } from './editor.ts';
import { page, pageQuery, type PageQuery } from './listing.ts';
import { Operation } from './operation.ts';
import { ProcedureUpload } from './procedure-upload.ts';
import { readUpload } from './script-body.ts';
import { SOURCE_TEXTS, sourceAnswered, uploadAnswered, versionAnswered } from './script-answers.ts';
import { versionDiff, versionOf } from './scripts.ts';

@ApiTags('procedures')
@Controller('admin/v1/procedures/:procedure')
export class VersionsController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly uploads: ProcedureUpload,
  ) {}

  @Get('versions')
  @Operation({ summary: 'List the versions of a procedure', role: 'read', status: 200, answer: listOf(versionAnswer), refuses: [404] })
  list(@Param('procedure') procedure: string, @Query({ schema: pageQuery }) query: PageQuery) {
    const { current } = this.services.configuration;
    existing('procedure', entityKey(procedure), current.get('procedure', entityKey(procedure)));
    return page(current, 'procedure-version', query, (version) => version.procedure === procedure);
  }

  @Post('versions')
  @Operation({
    summary: 'Upload a version',
    description:
      'Types are checked and blanked out, then the source is checked in the sandbox; one that does not pass is refused with all findings and nothing is stored. ' +
      'It runs in the samples of the procedure: `tests` says how it did, and one that fails is stored and not activated, unless `evenIfFailing=true`. ' +
      'A version is immutable and has the next number. What is the latest version already makes none: the answer is 200 with that version.',
    role: 'author',
    proposes: true,
    status: 201,
    answer: uploadAnswer,
    also: { 200: 'The latest version is this very one.' },
    tagged: true,
    edits: 'conditional',
    bodies: SOURCE_TYPES,
    orJson: procedureUploadBody,
    refuses: [404, 413, 415, 422, 503],
  })
  async upload(
    @Param('procedure', { schema: values.id }) procedure: string,
    @Body() body: unknown,
    @Headers('content-type') mediaType: string | undefined,
    @Query({ schema: procedureUploadQuery }) query: z.output<typeof procedureUploadQuery>,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const sent = readUpload(procedureUploadBody, body, mediaType);
    const uploaded = await this.uploads.upload(this.services.configuration.current, edit, {
      procedure,
      language: query.language ?? sent.language ?? 'javascript',
      source: sent.source,
      note: sent.note ?? query.note ?? '',
      flow: query.flow,
      libraries: sent.libraries ?? query.library ?? [],
      secrets: sent.secrets ?? query.secret ?? [],
      activate: query.activate,
      latest: query.latest,
      evenIfFailing: query.evenIfFailing,
    });
    return uploadAnswered(this.services.configuration.current, 'procedure', uploaded, reply);
  }

  @Get('versions/:version')
  @Operation({ summary: 'Read about a version', role: 'read', status: 200, answer: versionAnswer, tagged: true, refuses: [404] })
  read(@Param('procedure') procedure: string, @Param('version') version: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return versionAnswered('procedure', versionOf(this.services.configuration.current, 'procedure', procedure, version), reply);
  }

  @Get('versions/:version/source')
  @Operation({
    summary: 'Read the source of a version',
    description: 'As it was uploaded, with its types.',
    role: 'read',
    status: 200,
    answer: SOURCE_TEXTS,
    tagged: true,
    refuses: [404],
  })
  source(
    @Param('procedure') procedure: string,
    @Param('version') version: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    return sourceAnswered(versionOf(this.services.configuration.current, 'procedure', procedure, version), reply);
  }

  @Get('diff')
  @Operation({
    summary: 'Compare two versions',
    description: 'A unified diff; empty when they are equal.',
    role: 'read',
    status: 200,
    answer: ['text/plain'],
    refuses: [404],
  })
  diff(
    @Param('procedure') procedure: string,
    @Query({ schema: diffQuery }) query: z.output<typeof diffQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    reply.header('content-type', 'text/plain; charset=utf-8');
    return versionDiff(this.services.configuration.current, 'procedure', procedure, query.from, query.to);
  }
}
