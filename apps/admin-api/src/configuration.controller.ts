import { Body, Controller, Get, Inject, Post, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  applyConfiguration,
  auditOf,
  ConfigurationFileError,
  diffConfiguration,
  exportConfiguration,
  shape,
  type PlannedChange,
} from '#libs/configuration';
import { missingKeys, type Configuration, type ProposedChange } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { configurationChangesAnswer, configurationDiffAnswer } from './configuration-answers.ts';
import { YAML_TYPES } from './body-parsers.ts';
import { EditOf, tag, type Edit } from './edit.ts';
import { changeViews } from './entity-changes.ts';
import { Operation } from './operation.ts';
import { entityTag } from './preconditions.ts';
import { Problem } from './problem.ts';
import { Reviews } from './reviews.ts';

const applyQuery = shape({
  proposalNote: z.string().optional(),
  dryRun: z.enum(['true', 'false']).default('false').describe('`true` answers what would change, and changes nothing.'),
});

@ApiTags('configuration')
@Controller('admin/v1/configuration')
export class ConfigurationController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly reviews: Reviews,
  ) {}

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
      'Replaces what files own and leaves what was made by the API. The entity tag is that of the whole configuration, the `revision` that a comparison answers. A bucket that goes takes its entries along. All problems are reported at once with their place, and nothing is applied then.',
    role: 'admin',
    proposes: true,
    status: 200,
    answer: configurationChangesAnswer,
    bodies: YAML_TYPES,
    tagged: true,
    edits: 'unowned',
    refuses: [413, 415, 422],
  })
  async apply(
    @Body() body: unknown,
    @Query({ schema: applyQuery }) query: z.output<typeof applyQuery>,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const text = textOf(body);
    const { configuration: live, clock, sealer } = this.services;
    const isProposed = query.dryRun !== 'true' && this.reviews.asksFor(edit.actor);
    const current = live.current;
    try {
      const { revision, changes, warnings } = await applyConfiguration(live, text, {
        ...this.#reading(edit),
        confirm: ({ revision: now }) => requireRevision(edit, now),
        dryRun: isProposed || query.dryRun === 'true',
        // Keys are made when it is approved.
        ...(isProposed ? {} : { complete: (configuration: Configuration) => missingKeys(configuration, sealer, clock()) }),
      });
      if (isProposed)
        await this.reviews.propose(edit, current, changes.map(proposedOf), {
          about: { action: 'configuration.apply', kind: 'configuration', key: '' },
          findings: () => Promise.resolve(warnings.map(({ kind, key, message }) => ({ kind, key, message }))),
        });
      tag(reply, revision);
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

  @Post('diff')
  @Operation({
    summary: 'See what applying a configuration file would do',
    description:
      'Changes nothing. Member by member, without secrets; texts of procedures and libraries as unified diffs. What is wrong with the file is part of the answer. ' +
      'It tells whether a secret in the text is the present one, which is why it needs the role it does.',
    role: 'admin',
    status: 200,
    answer: configurationDiffAnswer,
    bodies: YAML_TYPES,
    refuses: [413, 415],
  })
  async diff(@Body() body: unknown, @EditOf() edit: Edit) {
    const { current } = this.services.configuration;
    const { changes, conflicts, problems, warnings } = await diffConfiguration(current, textOf(body), this.#reading(edit));
    return {
      revision: current.revision,
      changes: changeViews(
        current,
        changes.map(({ change }) => change),
      ),
      refused: conflicts,
      problems: problems.map(({ pointer, line, column, message }) => ({ pointer, line, column, message })),
      warnings: warnings.map(({ kind, key, message }) => ({ kind, key, message })),
    };
  }

  #reading(edit: Edit) {
    const { clock, compiler, sandbox, sealer } = this.services;
    return {
      fileName: 'configuration',
      now: clock(),
      actor: edit.actor.id,
      sealer,
      compile: (text: Parameters<typeof compiler.compile>[0]) => compiler.compile(text),
      check: (program: Parameters<typeof sandbox.check>[0]) => sandbox.check(program),
    };
  }
}

/** @throws Problem `precondition-failed` when it is not the configuration that the file was compared with */
function requireRevision({ preconditions }: Edit, revision: number): void {
  const { match, absent } = preconditions;
  if (absent) throw new Problem('invalid-request', 'There always is a configuration: leave If-None-Match out.');
  if (match === null || match === 'any' || match.includes(revision)) return;
  throw new Problem(
    'precondition-failed',
    `Somebody has changed the configuration meanwhile, so nothing was applied: it has revision ${revision} now. Compare the file with that, and apply it again.`,
    { headers: { etag: entityTag(revision) } },
  );
}

function textOf(body: unknown): string {
  if (typeof body !== 'string' || body.trim() === '') throw new Problem('invalid-request', 'Send the configuration as YAML.');
  return body;
}

/** A change of the plan with the action that the audit trail has for it. */
function proposedOf(planned: PlannedChange): ProposedChange {
  return { ...planned.change, action: auditOf(planned, 0, '').action };
}
