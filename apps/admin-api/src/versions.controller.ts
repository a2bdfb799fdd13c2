import { Body, Controller, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { checkShape, shape, values } from '#libs/configuration';
import { entityKey, type Configuration, type ProcedureVersion, type Stored } from '#libs/oauth';
import { requireRole } from './admin.guard.ts';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { listOf, uploadAnswer, versionAnswer } from './answers.ts';
import { uploadBody, uploadQuery } from './bodies.ts';
import { SOURCE_TYPES } from './body-parsers.ts';
import { EditOf, tag, type Edit } from './edit.ts';
import { existing } from './editor.ts';
import { page, pageQuery, wholeNumber, type PageQuery } from './listing.ts';
import { Operation } from './operation.ts';
import { jsonPointer, notFound, Problem } from './problem.ts';
import { ProcedureUpload } from './procedure-upload.ts';
import { unifiedDiff } from './source-diff.ts';
import { viewOf } from './views.ts';

const diffQuery = shape({ from: wholeNumber(1, 1_000_000), to: wholeNumber(1, 1_000_000) });

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
      'The source is checked in the sandbox first; one that does not pass is refused with all findings and nothing is stored. ' +
      'A version is immutable and has the next number. The same source as the latest version makes none: the answer is 200 with that version.',
    role: 'author',
    status: 201,
    answer: uploadAnswer,
    also: { 200: 'The latest version has this very source.' },
    tagged: true,
    edits: 'conditional',
    bodies: SOURCE_TYPES,
    orJson: uploadBody,
    refuses: [404, 413, 415, 422],
  })
  async upload(
    @Param('procedure', { schema: values.id }) procedure: string,
    @Body() body: unknown,
    @Query({ schema: uploadQuery }) query: z.output<typeof uploadQuery>,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (query.activate) requireRole(edit.actor.role, 'admin');
    const { source, note } = readUpload(body);
    const uploaded = await this.uploads.upload(edit, {
      procedure,
      source,
      note: note ?? query.note ?? '',
      flow: query.flow,
      activate: query.activate,
    });
    const { version, created, active, warnings } = uploaded;
    reply.code(created ? 201 : 200).header('location', `/admin/v1/procedures/${encodeURIComponent(procedure)}/versions/${version.version}`);
    const stored = this.services.configuration.current.stored('procedure-version', entityKey(procedure, version.version));
    if (stored !== undefined) tag(reply, stored.revision);
    return { ...viewOf('procedure-version', version), active, warnings };
  }

  @Get('versions/:version')
  @Operation({ summary: 'Read about a version', role: 'read', status: 200, answer: versionAnswer, tagged: true, refuses: [404] })
  read(@Param('procedure') procedure: string, @Param('version') version: string, @Res({ passthrough: true }) reply: FastifyReply) {
    const stored = versionOf(this.services.configuration.current, procedure, version);
    tag(reply, stored.revision);
    return viewOf('procedure-version', stored.value);
  }

  @Get('versions/:version/source')
  @Operation({ summary: 'Read the source of a version', role: 'read', status: 200, answer: SOURCE_TYPES[0], tagged: true, refuses: [404] })
  source(
    @Param('procedure') procedure: string,
    @Param('version') version: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    const stored = versionOf(this.services.configuration.current, procedure, version);
    tag(reply, stored.revision);
    reply.header('content-type', `${SOURCE_TYPES[0]}; charset=utf-8`);
    return stored.value.source;
  }

  @Get('diff')
  @Operation({
    summary: 'Compare two versions',
    description: 'A unified diff; empty when they are equal.',
    role: 'read',
    status: 200,
    answer: 'text/plain',
    refuses: [404],
  })
  diff(
    @Param('procedure') procedure: string,
    @Query({ schema: diffQuery }) query: z.output<typeof diffQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    const [from, to] = [query.from, query.to].map(
      (version) => versionOf(this.services.configuration.current, procedure, String(version)).value,
    );
    if (from === undefined || to === undefined) throw notFound('such version');
    reply.header('content-type', 'text/plain; charset=utf-8');
    const named = ({ version, source }: ProcedureVersion) => ({ name: `${procedure}@${version}`, source });
    return unifiedDiff(named(from), named(to));
  }
}

function versionOf(configuration: Configuration, procedure: string, version: string): Stored<ProcedureVersion> {
  existing('procedure', entityKey(procedure), configuration.get('procedure', entityKey(procedure)));
  const stored = /^[1-9]\d{0,9}$/.test(version) ? configuration.stored('procedure-version', entityKey(procedure, version)) : undefined;
  return existing('procedure-version', entityKey(procedure, version), stored);
}

/** A source as it is, or JSON with source and note. */
function readUpload(body: unknown): z.output<typeof uploadBody> {
  const shaped = checkShape(uploadBody, typeof body === 'string' ? { source: body } : body);
  if (shaped.ok) return shaped.value;
  throw new Problem('invalid-body', 'Nothing was stored.', {
    errors: shaped.problems.map(({ path, message }) => ({ pointer: jsonPointer(path), message })),
  });
}
