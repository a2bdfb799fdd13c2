import { Body, Controller, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { CheckFinding, DryRunReport, DryRunRequest } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { dryRunAnswer } from './answers.ts';
import { dryRunBody } from './bodies.ts';
import { Operation } from './operation.ts';
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
  async run(@Body({ schema: dryRunBody }) body: z.output<typeof dryRunBody>): Promise<DryRunReport> {
    const { program, advice } = await this.#compiled(body);
    // Members that are absent and members that are undefined are the same to the runner.
    const report = await this.services.dryRunner.run({ ...body, program } as DryRunRequest);
    return { ...report, findings: [...advice, ...report.findings] };
  }

  /** The runner runs JavaScript. Positions stay those of the source. @throws Problem `procedure-refused` */
  async #compiled({
    program,
    flow,
  }: z.output<typeof dryRunBody>): Promise<{ program: DryRunRequest['program']; advice: readonly CheckFinding[] }> {
    if (!('source' in program)) return { program, advice: [] };
    const { source, language } = program;
    if (language !== 'typescript') return { program: { source }, advice: [] };
    const { script, warnings } = await this.scripts.compiled({ source, language, flow });
    return { program: { source: script }, advice: warnings };
  }
}
