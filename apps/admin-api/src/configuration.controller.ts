import { Body, Controller, Get, Inject, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { applyConfiguration, ConfigurationFileError, exportConfiguration, shape } from '#libs/configuration';
import { missingKeys } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { configurationChangesAnswer } from './answers.ts';
import { YAML_TYPES } from './body-parsers.ts';
import { EditOf, tag, type Edit } from './edit.ts';
import { Operation } from './operation.ts';
import { Problem } from './problem.ts';

const applyQuery = shape({
  dryRun: z.enum(['true', 'false']).default('false').describe('`true` answers what would change, and changes nothing.'),
});

@ApiTags('configuration')
@Controller('admin/v1/configuration')
export class ConfigurationController {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  @Get()
  @Operation({
    summary: 'Export the configuration as a file',
    description:
      'Applying it again changes nothing, so it has the hashes of client secrets, and secrets and credentials of HTTP clients as they are sealed; it has no secret, token or private key in the clear. That is why it needs the role it does.',
    role: 'admin',
    status: 200,
    answer: [YAML_TYPES[0]],
    tagged: true,
  })
  export(@Res({ passthrough: true }) reply: FastifyReply): string {
    const { current } = this.services.configuration;
    tag(reply, current.revision);
    reply.header('content-type', `${YAML_TYPES[0]}; charset=utf-8`);
    return exportConfiguration(current, { now: this.services.clock() });
  }

  @Put()
  @Operation({
    summary: 'Apply a configuration file',
    description:
      'Replaces what files own and leaves what was made by the API. A bucket that goes takes its entries along. All problems are reported at once with their place, and nothing is applied then.',
    role: 'admin',
    status: 200,
    answer: configurationChangesAnswer,
    bodies: YAML_TYPES,
    refuses: [413, 415, 422],
  })
  async apply(@Body() body: unknown, @Query({ schema: applyQuery }) query: z.output<typeof applyQuery>, @EditOf() edit: Edit) {
    if (typeof body !== 'string' || body.trim() === '') throw new Problem('invalid-request', 'Send the configuration as YAML.');
    const { configuration: live, clock, compiler, sandbox, sealer } = this.services;
    try {
      const { revision, changes, warnings } = await applyConfiguration(live, body, {
        fileName: 'configuration',
        now: clock(),
        actor: edit.actor.id,
        dryRun: query.dryRun === 'true',
        sealer,
        compile: (text) => compiler.compile(text),
        check: (program) => sandbox.check(program),
        complete: (configuration) => missingKeys(configuration, sealer, clock()),
      });
      return {
        revision,
        changes: changes.map(({ action, kind, key }) => ({ action, kind, key })),
        warnings: warnings.map(({ kind, key, message }) => ({ kind, key, message })),
      };
    } catch (error) {
      if (!(error instanceof ConfigurationFileError)) throw error;
      const errors = error.problems.map(({ pointer, line, column, message }) => ({ pointer, line, column, message }));
      throw new Problem('invalid-configuration', 'Nothing was applied.', { errors, cause: error });
    }
  }
}
