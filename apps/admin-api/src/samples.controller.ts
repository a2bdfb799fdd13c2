import { Body, Controller, Delete, Get, Inject, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sampleName, shape } from '#libs/configuration';
import { entityKey, type FlowId } from '#libs/oauth';
import { activationOf } from './activation.ts';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { testsAnswer } from './answers.ts';
import { sampleBody, sampleRunBody } from './bodies.ts';
import { EditOf, tag, type Edit } from './edit.ts';
import { Editor, existing } from './editor.ts';
import { Operation } from './operation.ts';
import { notFound } from './problem.ts';
import { activationAnswer, sampleAnswer, sampleRunAnswer, samplesAnswer } from './sample-answers.ts';
import { SampleEditor } from './sample-editor.ts';
import { SampleTests } from './sample-tests.ts';
import { versionOf } from './scripts.ts';
import { TriedTexts } from './tried-texts.ts';

const againstQuery = shape({
  against: z.enum(['active', 'default']).default('active').describe('The active version, or the shipped procedure of the flow.'),
});

/** Contexts that are kept with a procedure, how versions do in them, and what activating one would change. */
@ApiTags('procedures')
@Controller('admin/v1/procedures/:procedure')
export class SamplesController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly samples: SampleEditor,
    private readonly tests: SampleTests,
    private readonly editor: Editor,
    private readonly texts: TriedTexts,
  ) {}

  @Get('samples')
  @Operation({ summary: 'List the samples of a procedure', role: 'read', status: 200, answer: samplesAnswer, tagged: true, refuses: [404] })
  list(@Param('procedure') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    const { value, revision } = this.#procedure(id);
    tag(reply, revision);
    return { items: value.samples, next: null };
  }

  @Get('samples/:name')
  @Operation({ summary: 'Read a sample', role: 'read', status: 200, answer: sampleAnswer, tagged: true, refuses: [404] })
  read(@Param('procedure') id: string, @Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply) {
    const { sample, revision } = this.#sample(id, name);
    tag(reply, revision);
    return sample;
  }

  @Put('samples/:name')
  @Operation({
    summary: 'Save a sample',
    description:
      'Every version that is uploaded from now on runs in it. It keeps no token and no secret. The entity tag is that of the procedure.',
    role: 'author',
    status: 200,
    answer: sampleAnswer,
    edits: 'unowned',
    refuses: [404, 413, 415, 422],
  })
  save(
    @Param('procedure') id: string,
    @Param('name', { schema: sampleName }) name: string,
    @Body({ schema: sampleBody }) body: z.output<typeof sampleBody>,
    @EditOf() edit: Edit,
  ) {
    return this.samples.save(edit, id, name, body);
  }

  @Delete('samples/:name')
  @Operation({ summary: 'Delete a sample', role: 'author', status: 204, edits: 'unowned', refuses: [404] })
  delete(@Param('procedure') id: string, @Param('name') name: string, @EditOf() edit: Edit): Promise<void> {
    return this.samples.delete(edit, id, name);
  }

  @Post('samples/:name/run')
  @Operation({
    summary: 'Try a text in a sample',
    description:
      'A text that is not stored, on the executor, limits and checks of production, as a version of it would run in the sample. Nothing is stored.',
    role: 'author',
    status: 200,
    answer: sampleRunAnswer,
    refuses: [404, 413, 415, 422, 503],
  })
  async run(
    @Param('procedure') id: string,
    @Param('name') name: string,
    @Body({ schema: sampleRunBody }) body: z.output<typeof sampleRunBody>,
    @Req() request: FastifyRequest,
  ) {
    const began = performance.now();
    const { sample, flow } = this.#sample(id, name);
    const tried = await this.texts.compiled(body, flow, request.administrator?.id ?? '', '/libraries');
    const { source: script, libraries } = tried.program;
    const program = { procedure: id, flow: flow as FlowId, script, libraries, secrets: body.secrets ?? [] };
    const { test, unmet, report } = await this.services.sampleRunner.tried(program, sample);
    const { state, problems } = test;
    return { name, state, problems, differences: unmet, report: report === null ? null : this.texts.answer(report, tried, began) };
  }

  @Post('versions/:version/test')
  @Operation({
    summary: 'Run a version in the samples again',
    description: 'As at its upload, and kept with it.',
    role: 'author',
    status: 200,
    answer: testsAnswer,
    edits: 'unowned',
    refuses: [404, 503],
  })
  async test(@Param('procedure') id: string, @Param('version') number: string, @EditOf() edit: Edit) {
    const { current } = this.services.configuration;
    const { flow, samples } = this.#procedure(id).value;
    const { value: version } = versionOf(current, 'procedure', id, number);
    const tests = await this.tests.run(current, flow, version, samples, edit.actor.id);
    const key = entityKey(id, version.version);
    // That a version was tested changes nothing of whose it is.
    const own = { ...edit, takeOver: true };
    await this.editor.update(own, 'procedure-version', key, (before) => ({ ...before, tests }), { action: 'procedure-version.test' });
    return tests;
  }

  @Get('versions/:version/activation')
  @Operation({
    summary: 'See what activating a version would change',
    description: 'The difference, what the check says of it, how it did in the samples, and who would be answered by it.',
    role: 'read',
    status: 200,
    answer: activationAnswer,
    refuses: [404, 503],
  })
  activation(
    @Param('procedure') id: string,
    @Param('version') number: string,
    @Query({ schema: againstQuery }) { against }: z.output<typeof againstQuery>,
  ) {
    return activationOf(
      this.services,
      this.#procedure(id).value,
      versionOf(this.services.configuration.current, 'procedure', id, number).value,
      against,
    );
  }

  #sample(id: string, name: string) {
    const { value, revision } = this.#procedure(id);
    const sample = value.samples.find((one) => one.name === name);
    if (sample === undefined) throw notFound(`sample "${name}" of procedure "${id}"`);
    return { sample, revision, flow: value.flow };
  }

  #procedure(id: string) {
    const key = entityKey(id);
    return existing('procedure', key, this.services.configuration.current.stored('procedure', key));
  }
}
