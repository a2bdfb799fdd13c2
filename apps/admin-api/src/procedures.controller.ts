import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { newProcedureBody, procedureOf, shape, values } from '#libs/configuration';
import { entityKey, keyOf, remove, type Procedure } from '#libs/oauth';
import { ROLLBACK, versionBefore } from './activation-history.ts';
import { activationFindings } from './activation-findings.ts';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { bindingAnswer, listedProcedureAnswer, listOf, procedureAnswer } from './answers.ts';
import { ACTIVATE_FAILING, isFailing, refuseFailing } from './failing-versions.ts';
import { activationQuery, scriptChangeBody, versionBody } from './bodies.ts';
import { EditOf, tag, type Edit } from './edit.ts';
import { Editor, existing, type Edited } from './editor.ts';
import { page, pageQuery, type PageQuery } from './listing.ts';
import { listed } from './listed-procedures.ts';
import { Operation } from './operation.ts';
import { check } from './preconditions.ts';
import { Problem } from './problem.ts';
import { ScriptCheck } from './script-check.ts';
import { activated, versionsOf } from './scripts.ts';
import { viewOf } from './views.ts';

const procedureQuery = shape({
  ...pageQuery.shape,
  flow: values.id.optional().describe('Procedures for this flow only.'),
  q: z.string().max(256).optional().describe('Part of an id or description, in any case.'),
});

@ApiTags('procedures')
@Controller('admin/v1/procedures')
export class ProceduresController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly editor: Editor,
    private readonly scripts: ScriptCheck,
  ) {}

  @Get()
  @Operation({ summary: 'List or search the procedures', role: 'read', status: 200, answer: listOf(listedProcedureAnswer) })
  list(@Query({ schema: procedureQuery }) query: z.output<typeof procedureQuery>) {
    const { current } = this.services.configuration;
    const part = query.q?.toLowerCase() ?? '';
    const { items, next } = page(
      current,
      'procedure',
      query,
      ({ id, flow, description }) =>
        (query.flow === undefined || flow === query.flow) && (id.toLowerCase().includes(part) || description.toLowerCase().includes(part)),
    );
    return { items: listed(items, current, this.services.recentFaults()), next };
  }

  @Post()
  @Operation({
    summary: 'Create a procedure without a version',
    description: 'Its flow is fixed from now on. Uploading a first version with `?flow=` creates the procedure too.',
    role: 'author',
    status: 201,
    answer: procedureAnswer,
    tagged: true,
    refuses: [409, 413, 415, 422],
  })
  async create(
    @Body({ schema: newProcedureBody }) body: z.output<typeof newProcedureBody>,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { id, ...rest } = body;
    const edited = await this.editor.put(edit, 'procedure', entityKey(id), (before) => {
      if (before !== undefined) throw new Problem('already-exists', 'There is a procedure of this id.');
      return procedureOf(id, rest, 'api');
    });
    reply.header('location', `/admin/v1/procedures/${encodeURIComponent(id)}`);
    return answer(edited, reply);
  }

  @Get(':procedure')
  @Operation({ summary: 'Read a procedure', role: 'read', status: 200, answer: procedureAnswer, tagged: true, refuses: [404] })
  read(@Param('procedure') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    const key = entityKey(id);
    return answer(existing('procedure', key, this.services.configuration.current.stored('procedure', key)), reply);
  }

  @Get(':procedure/bindings')
  @Operation({ summary: 'List where a procedure is bound', role: 'read', status: 200, answer: listOf(bindingAnswer), refuses: [404] })
  bindings(@Param('procedure') id: string, @Query({ schema: pageQuery }) query: PageQuery) {
    const { current } = this.services.configuration;
    existing('procedure', entityKey(id), current.get('procedure', entityKey(id)));
    return page(current, 'binding', query, (binding) => binding.procedure === id);
  }

  @Patch(':procedure')
  @Operation({
    summary: 'Describe a procedure anew',
    role: 'admin',
    status: 200,
    answer: procedureAnswer,
    tagged: true,
    edits: 'conditional',
    refuses: [404, 413, 415, 422],
  })
  async describe(
    @Param('procedure') id: string,
    @Body({ schema: scriptChangeBody }) body: z.output<typeof scriptChangeBody>,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answer(
      await this.editor.update(edit, 'procedure', entityKey(id), (before) => ({ ...before, description: body.description, origin: 'api' })),
      reply,
    );
  }

  @Delete(':procedure')
  @Operation({
    summary: 'Delete a procedure with all its versions',
    description: 'Refused while a flow is bound to it.',
    role: 'admin',
    status: 204,
    edits: 'conditional',
    refuses: [404],
  })
  delete(@Param('procedure') id: string, @EditOf() edit: Edit): Promise<void> {
    return this.editor.remove(edit, 'procedure', entityKey(id), (configuration) =>
      versionsOf(configuration, 'procedure', id).map((version) => remove('procedure-version', keyOf('procedure-version', version))),
    );
  }

  @Post(':procedure/activate')
  @Operation({
    summary: 'Activate a version',
    description:
      'Every binding that pins no version answers with it from now on. One that fails in a sample is refused with `samples-failed`, unless `evenIfFailing=true`, which the audit trail has as `procedure.activate-failing`. What an `author` asks for is a proposal, which an `admin` approves.',
    role: 'author',
    proposes: true,
    status: 200,
    answer: procedureAnswer,
    tagged: true,
    edits: 'conditional',
    refuses: [404, 413, 415, 422],
  })
  async activate(
    @Param('procedure') id: string,
    @Body({ schema: versionBody }) { version }: z.output<typeof versionBody>,
    @Query({ schema: activationQuery }) { evenIfFailing }: z.output<typeof activationQuery>,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const edited = await this.editor.update(
      edit,
      'procedure',
      entityKey(id),
      (before, configuration) => {
        const after = activated(configuration, 'procedure', before, version);
        if (!evenIfFailing) refuseFailing(configuration, id, version);
        return after;
      },
      {
        action: evenIfFailing && isFailing(this.services.configuration.current, id, version) ? ACTIVATE_FAILING : 'procedure.activate',
        review: { findings: (configuration) => activationFindings(this.scripts, configuration, 'procedure', id, version) },
      },
    );
    return answer(edited, reply);
  }

  @Post(':procedure/rollback')
  @Operation({
    summary: 'Activate the version that was active before',
    description: 'As the audit trail tells. Repeated, it goes back further.',
    role: 'admin',
    status: 200,
    answer: procedureAnswer,
    tagged: true,
    edits: 'conditional',
    refuses: [404],
  })
  async rollback(@Param('procedure') id: string, @EditOf() edit: Edit, @Res({ passthrough: true }) reply: FastifyReply) {
    const key = entityKey(id);
    const { result, revision } = await this.editor.apply(edit, async (configuration) => {
      const stored = configuration.stored('procedure', key);
      check(edit.preconditions, stored?.revision);
      const before = existing('procedure', key, stored?.value);
      this.editor.requireOwnership('procedure', key, before, edit);
      const version = before.activeVersion === null ? null : await versionBefore(this.services.stores.audit, key);
      if (version === null) throw new Problem('no-earlier-version', `No version of procedure "${id}" was active before the present one.`);
      const value: Procedure = { ...before, activeVersion: version, origin: 'api' };
      return { changes: [{ kind: 'procedure' as const, key, value, action: ROLLBACK }], result: value };
    });
    return answer({ value: result, revision }, reply);
  }
}

function answer({ value, revision }: Pick<Edited<Procedure>, 'value' | 'revision'>, reply: FastifyReply) {
  tag(reply, revision);
  return viewOf('procedure', value);
}
