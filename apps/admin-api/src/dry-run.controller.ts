import { Body, Controller, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { dryRunAnswer } from './answers.ts';
import { dryRunBody } from './bodies.ts';
import { Operation } from './operation.ts';
import type { DryRunReport, DryRunRequest } from '#libs/oauth';

@ApiTags('procedures')
@Controller('admin/v1/dry-run')
export class DryRunController {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  @Post()
  @Operation({
    summary: 'Try a procedure',
    description:
      'On the very executor and response checks of production; nothing is stored, and what is signed is signed with a key of no use elsewhere.',
    role: 'author',
    status: 200,
    answer: dryRunAnswer,
    refuses: [413, 415, 422],
  })
  run(@Body({ schema: dryRunBody }) body: z.output<typeof dryRunBody>): Promise<DryRunReport> {
    // Members that are absent and members that are undefined are the same to the runner.
    return this.services.dryRunner.run(body as DryRunRequest);
  }
}
