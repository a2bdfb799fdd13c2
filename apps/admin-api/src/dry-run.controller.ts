import { Body, Controller, Inject, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { programLibraryOf, type CheckFinding, type DryRunReport, type DryRunRequest } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { dryRunAnswer } from './answers.ts';
import { dryRunBody } from './bodies.ts';
import { pinned } from './library-pins.ts';
import { Operation } from './operation.ts';
import { dryRunMisfit } from './problem.ts';
import { ScriptCheck } from './script-check.ts';

@ApiTags('procedures')
@Controller('admin/v1/dry-run')
export class DryRunController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly scripts: ScriptCheck,
  ) {}

  @Post()
  @Operation({
    summary: 'Try a procedure',
    description:
      'On the very executor and response checks of production; nothing is stored, what is signed is signed with a key of no use elsewhere, no other service is called and no secret read.',
    role: 'author',
    status: 200,
    answer: dryRunAnswer,
    refuses: [413, 415, 422, 503],
  })
  async run(@Body({ schema: dryRunBody }) body: z.output<typeof dryRunBody>, @Req() request: FastifyRequest): Promise<DryRunReport> {
    const { program, advice } = await this.#compiled(body, request.administrator?.id ?? '');
    // Members that are absent and members that are undefined are the same to the runner.
    const report = await this.services.dryRunner.run({ ...body, program } as DryRunRequest);
    return { ...report, findings: [...advice, ...report.findings] };
  }

  /** The runner runs JavaScript. Positions stay those of the source. @throws Problem `procedure-refused`, `invalid-body` for libraries that do not exist */
  async #compiled(
    { program, flow }: z.output<typeof dryRunBody>,
    author: string,
  ): Promise<{ program: DryRunRequest['program']; advice: readonly CheckFinding[] }> {
    if (!('source' in program)) return { program, advice: [] };
    const { source, language } = program;
    const pins = pinned(this.services.configuration.current, program.libraries ?? [], '/program/libraries', dryRunMisfit);
    const libraries = pins.map(programLibraryOf);
    if (language !== 'typescript') return { program: { source, libraries }, advice: [] };
    const used = pins.map((library) => ({ ...library, name: library.library }));
    const { script, warnings } = await this.scripts.compiled({ source, language, flow, libraries: used, author });
    return { program: { source: script, libraries }, advice: warnings };
  }
}
