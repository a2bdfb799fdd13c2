import { Body, Controller, Inject, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { DryRunRequest } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { dryRunAnswer } from './dry-run-answers.ts';
import { dryRunBody } from './bodies.ts';
import { contextMembersOf } from './dry-run-context.ts';
import { Operation } from './operation.ts';
import { TriedTexts, type Tried } from './tried-texts.ts';

type Body = z.output<typeof dryRunBody>;

@ApiTags('procedures')
@Controller('admin/v1/dry-run')
export class DryRunController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly texts: TriedTexts,
  ) {}

  @Post()
  @Operation({
    summary: 'Try a procedure',
    description:
      'On the very executor and response checks of production; nothing is stored, what is signed is signed with a key of no use elsewhere, no other service is called and no secret read: `muted` says what would have been.',
    role: 'author',
    status: 200,
    answer: dryRunAnswer,
    refuses: [413, 415, 422, 503],
  })
  async run(@Body({ schema: dryRunBody }) body: Body, @Req() request: FastifyRequest) {
    const began = performance.now();
    const { profile, flow } = body;
    const tried = await this.#tried(body, request.administrator?.id ?? '');
    const report = await this.services.dryRunner.run({ ...contextMembersOf(body), profile, flow, program: tried.program });
    return this.texts.answer(report, tried, began);
  }

  async #tried({ program, flow }: Body, author: string): Promise<Tried<DryRunRequest['program']>> {
    if (!('source' in program)) return this.texts.stored(program);
    const tried = await this.texts.compiled(program, flow, author, '/program/libraries');
    const { secrets } = program;
    return secrets === undefined ? tried : { ...tried, program: { ...tried.program, secrets } };
  }
}
