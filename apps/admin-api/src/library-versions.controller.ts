import { Body, Controller, Get, Headers, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { values } from '#libs/configuration';
import { entityKey } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { libraryVersionAnswer, listOf, uploadedLibraryAnswer } from './answers.ts';
import { diffQuery, libraryUploadBody, libraryUploadQuery } from './bodies.ts';
import { SOURCE_TYPES } from './body-parsers.ts';
import { EditOf, type Edit } from './edit.ts';
import { existing } from './editor.ts';
import { LibraryUpload } from './library-upload.ts';
import { page, pageQuery, type PageQuery } from './listing.ts';
import { Operation } from './operation.ts';
import { SOURCE_TEXTS, sourceAnswered, uploadAnswered, versionAnswered } from './script-answers.ts';
import { readUpload } from './script-body.ts';
import { versionDiff, versionOf } from './scripts.ts';

@ApiTags('libraries')
@Controller('admin/v1/libraries/:library')
export class LibraryVersionsController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly uploads: LibraryUpload,
  ) {}

  @Get('versions')
  @Operation({ summary: 'List the versions of a library', role: 'read', status: 200, answer: listOf(libraryVersionAnswer), refuses: [404] })
  list(@Param('library') library: string, @Query({ schema: pageQuery }) query: PageQuery) {
    const { current } = this.services.configuration;
    existing('library', entityKey(library), current.get('library', entityKey(library)));
    return page(current, 'library-version', query, (version) => version.library === library);
  }

  @Post('versions')
  @Operation({
    summary: 'Upload a version of a library',
    description:
      'Makes the library with its first version. It is checked as the source of a procedure is; one that does not pass is refused with all findings and nothing is stored. ' +
      'What is the latest version already makes none: the answer is 200 with that version.',
    role: 'author',
    proposes: true,
    status: 201,
    answer: uploadedLibraryAnswer,
    also: { 200: 'The latest version is this very one.' },
    tagged: true,
    edits: 'conditional',
    bodies: SOURCE_TYPES,
    orJson: libraryUploadBody,
    refuses: [413, 415, 422, 503],
  })
  async upload(
    @Param('library', { schema: values.id }) library: string,
    @Body() body: unknown,
    @Headers('content-type') mediaType: string | undefined,
    @Query({ schema: libraryUploadQuery }) query: z.output<typeof libraryUploadQuery>,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const sent = readUpload(libraryUploadBody, body, mediaType);
    const uploaded = await this.uploads.upload(edit, {
      library,
      language: query.language ?? sent.language ?? 'javascript',
      source: sent.source,
      note: sent.note ?? query.note ?? '',
      activate: query.activate,
      latest: query.latest,
    });
    return uploadAnswered(this.services.configuration.current, 'library', uploaded, reply);
  }

  @Get('versions/:version')
  @Operation({
    summary: 'Read about a version of a library',
    role: 'read',
    status: 200,
    answer: libraryVersionAnswer,
    tagged: true,
    refuses: [404],
  })
  read(@Param('library') library: string, @Param('version') version: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return versionAnswered('library', versionOf(this.services.configuration.current, 'library', library, version), reply);
  }

  @Get('versions/:version/source')
  @Operation({
    summary: 'Read the source of a version of a library',
    description: 'As it was uploaded, with its types.',
    role: 'read',
    status: 200,
    answer: SOURCE_TEXTS,
    tagged: true,
    refuses: [404],
  })
  source(@Param('library') library: string, @Param('version') version: string, @Res({ passthrough: true }) reply: FastifyReply): string {
    return sourceAnswered(versionOf(this.services.configuration.current, 'library', library, version), reply);
  }

  @Get('diff')
  @Operation({
    summary: 'Compare two versions of a library',
    description: 'A unified diff; empty when they are equal.',
    role: 'read',
    status: 200,
    answer: ['text/plain'],
    refuses: [404],
  })
  diff(
    @Param('library') library: string,
    @Query({ schema: diffQuery }) query: z.output<typeof diffQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    reply.header('content-type', 'text/plain; charset=utf-8');
    return versionDiff(this.services.configuration.current, 'library', library, query.from, query.to);
  }
}
