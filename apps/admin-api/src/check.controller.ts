import { Body, Controller, Inject, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { CheckFinding } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { checkBody } from './bodies.ts';
import { checkAnswer } from './editor-answers.ts';
import { pinned } from './library-pins.ts';
import { Operation } from './operation.ts';
import { Problem } from './problem.ts';
import { ScriptCheck, type CheckedScript } from './script-check.ts';

/** What an unsaved text is called where a name is needed. */
const UNSAVED = 'unsaved';

@ApiTags('procedures')
@Controller('admin/v1/check')
export class CheckController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly scripts: ScriptCheck,
  ) {}

  @Post()
  @Operation({
    summary: 'Check a text as an upload would',
    description: 'Its types, then what remains of it in the sandbox. Nothing is stored and nothing runs.',
    role: 'author',
    status: 200,
    answer: checkAnswer,
    refuses: [413, 415, 422, 503],
  })
  async check(@Body({ schema: checkBody }) body: z.output<typeof checkBody>, @Req() request: FastifyRequest) {
    try {
      const { warnings } = await this.#checked(body, request.administrator?.id ?? '');
      return { passes: true, findings: warnings };
    } catch (error) {
      if (!(error instanceof Problem) || error.problem !== 'procedure-refused') throw error;
      return { passes: false, findings: error.toBody()['findings'] as readonly CheckFinding[] };
    }
  }

  #checked(body: z.output<typeof checkBody>, author: string): Promise<CheckedScript> {
    const { source, language = 'javascript', flow, libraries = [], secrets = [] } = body;
    const text = { id: UNSAVED, version: 1, language, source, author };
    if (flow === null) return this.scripts.library(text);
    const used = pinned(
      this.services.configuration.current,
      libraries,
      '/libraries',
      (errors) => new Problem('invalid-body', 'The libraries are not all there.', { errors }),
    );
    return this.scripts.procedure({ ...text, flow, libraries: used, secrets });
  }
}
