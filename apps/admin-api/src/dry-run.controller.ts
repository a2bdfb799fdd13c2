import { Body, Controller, Inject, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { entityKey, programLibraryOf, type CheckFinding, type DryRunRequest, type LibraryVersion } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { dryRunAnswer } from './dry-run-answers.ts';
import { dryRunBody } from './bodies.ts';
import { contextMembersOf } from './dry-run-context.ts';
import { excerptOf, type Texts } from './fault-excerpt.ts';
import { pinned } from './library-pins.ts';
import { Operation } from './operation.ts';
import { dryRunMisfit } from './problem.ts';
import { ScriptCheck } from './script-check.ts';

type Body = z.output<typeof dryRunBody>;

/** What runs, what is advised on it, and the texts as people wrote them. */
interface Tried {
  readonly program: DryRunRequest['program'];
  readonly advice: readonly CheckFinding[];
  readonly texts: Texts;
}

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
      'On the very executor and response checks of production; nothing is stored, what is signed is signed with a key of no use elsewhere, no other service is called and no secret read: `muted` says what would have been.',
    role: 'author',
    status: 200,
    answer: dryRunAnswer,
    refuses: [413, 415, 422, 503],
  })
  async run(@Body({ schema: dryRunBody }) body: Body, @Req() request: FastifyRequest) {
    const began = performance.now();
    const { profile, flow } = body;
    const { program, advice, texts } = await this.#compiled(body, request.administrator?.id ?? '');
    const report = await this.services.dryRunner.run({ ...contextMembersOf(body), profile, flow, program });
    return {
      ...report,
      fault: report.fault === null ? null : { ...report.fault, excerpt: excerptOf(report.fault, texts) },
      findings: [...advice, ...report.findings],
      limits: this.services.limits,
      milliseconds: Math.round(performance.now() - began),
    };
  }

  /** The runner runs JavaScript. Positions stay those of the source. @throws Problem `procedure-refused`, `invalid-body` for libraries that do not exist */
  async #compiled({ program, flow }: Body, author: string): Promise<Tried> {
    const { current } = this.services.configuration;
    if (!('source' in program)) {
      const stored = current.get('procedure-version', entityKey(program.procedure, program.version));
      const libraries = (stored?.libraries ?? []).flatMap(
        ({ library, version }) => current.get('library-version', entityKey(library, version)) ?? [],
      );
      return { program, advice: [], texts: { source: stored?.source ?? '', libraries: sourcesOf(libraries) } };
    }
    const { source, language } = program;
    const pins = pinned(current, program.libraries ?? [], '/program/libraries', dryRunMisfit);
    const libraries = pins.map(programLibraryOf);
    const texts = { source, libraries: sourcesOf(pins) };
    if (language !== 'typescript') return { program: { source, libraries }, advice: [], texts };
    const used = pins.map((library) => ({ ...library, name: library.library }));
    const { script, warnings } = await this.scripts.compiled({ source, language, flow, libraries: used, author });
    return { program: { source: script, libraries }, advice: warnings, texts };
  }
}

function sourcesOf(libraries: readonly LibraryVersion[]): ReadonlyMap<string, string> {
  return new Map(libraries.map(({ library, source }) => [library, source]));
}
