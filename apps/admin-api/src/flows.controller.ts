import { hash } from 'node:crypto';
import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { findFlow, FLOWS, type Flow } from '#libs/oauth';
import { contextsOf, libraryPath, MODULE_MARK, procedurePath } from '#libs/procedure-check';
import { SHIPPED_SAMPLES } from '#libs/procedure-testing';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { flowAnswer, listOf } from './answers.ts';
import { declarationsQuery } from './bodies.ts';
import { dryRunContextOf } from './dry-run-context.ts';
import { declarationsAnswer, describedFlowAnswer } from './editor-answers.ts';
import { pinned } from './library-pins.ts';
import { Operation } from './operation.ts';
import { notFound, Problem } from './problem.ts';

/** What an editor of procedures needs to know of a flow. */
@ApiTags('procedures')
@Controller('admin/v1/flows')
export class FlowsController {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  @Get()
  @Operation({ summary: 'List the flows that procedures answer', role: 'read', status: 200, answer: listOf(flowAnswer) })
  list() {
    return { items: FLOWS, next: null };
  }

  @Get(':flow')
  @Operation({
    summary: 'Read about a flow',
    description: 'With the shipped procedure, from which one of your own may start, and contexts to try it in.',
    role: 'read',
    status: 200,
    answer: describedFlowAnswer,
    tagged: true,
    also: { 304: 'It is what If-None-Match names.' },
    refuses: [404],
  })
  read(
    @Param('flow') id: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): unknown {
    const flow = flowOf(id);
    const body = {
      ...flow,
      contextTypes: contextsOf(id) ?? [flow.contextType],
      default: { language: 'javascript', source: this.services.defaultSource(flow.id) },
      samples: SHIPPED_SAMPLES.filter(({ flows }) => flows.includes(flow.id)).map(({ name, title, members }) => ({
        name,
        title,
        context: dryRunContextOf(members),
      })),
    };
    return kept(body, known, reply);
  }

  @Get(':flow/declarations')
  @Operation({
    summary: 'Read the declarations that texts of a flow are checked with',
    description:
      'The very files and compiler options of the check, with the libraries that the text uses as they are uploaded: ' +
      'a language service over them, of the same version of TypeScript, finds what the check finds. They change with the version of Tokenwright only, so ask with If-None-Match.',
    role: 'read',
    status: 200,
    answer: declarationsAnswer,
    tagged: true,
    also: { 304: 'They are what If-None-Match names.' },
    refuses: [404, 422],
  })
  declarations(
    @Param('flow') id: string,
    @Query({ schema: declarationsQuery }) query: z.output<typeof declarationsQuery>,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): unknown {
    const flow = flowOf(id);
    const libraries = pinned(
      this.services.configuration.current,
      query.library ?? [],
      '/library',
      (errors) => new Problem('invalid-body', 'The libraries are not all there.', { errors }),
    );
    const body = {
      flow: flow.id,
      contextTypes: contextsOf(id) ?? [flow.contextType],
      ...this.services.declarations(),
      libraries: libraries.map(({ library, version, language, source }, i) => ({
        path: libraryPath(i, language),
        ...{ library, version, language },
        text: source,
      })),
      procedure: { javascript: procedurePath('javascript'), typescript: procedurePath('typescript'), suffix: MODULE_MARK },
    };
    return kept(body, known, reply);
  }
}

/** @throws Problem `not-found` */
function flowOf(id: string): Flow {
  const flow = findFlow(id);
  if (flow === undefined) throw notFound(`flow "${id}"`);
  return flow;
}

/** Answers what a browser may keep, as long as it asks each time whether it is still so. RFC 9110 section 13.1.2. */
function kept(body: object, known: string | undefined, reply: FastifyReply): string {
  const text = JSON.stringify(body);
  const tag = `"${hash('sha256', text, 'base64url')}"`;
  reply.headers({ etag: tag, 'cache-control': 'private, no-cache', 'content-type': 'application/json; charset=utf-8' });
  const names = (known ?? '').split(',').map((name) => name.trim().replace(/^W\//, ''));
  if (!names.includes(tag) && !names.includes('*')) return text;
  reply.code(304);
  return '';
}
