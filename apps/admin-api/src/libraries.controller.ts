import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { entityKey, keyOf, remove, type Configuration, type Library } from '#libs/oauth';
import { activationFindings } from './activation-findings.ts';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { libraryAnswer, listOf } from './answers.ts';
import { scriptChangeBody, versionBody } from './bodies.ts';
import { EditOf, tag, type Edit } from './edit.ts';
import { Editor, existing, type Edited } from './editor.ts';
import { page, pageQuery, type PageQuery } from './listing.ts';
import { Operation } from './operation.ts';
import { Problem } from './problem.ts';
import { ScriptCheck } from './script-check.ts';
import { activated, versionsOf } from './scripts.ts';
import { viewOf } from './views.ts';

@ApiTags('libraries')
@Controller('admin/v1/libraries')
export class LibrariesController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly editor: Editor,
    private readonly scripts: ScriptCheck,
  ) {}

  @Get()
  @Operation({ summary: 'List the libraries', role: 'read', status: 200, answer: listOf(libraryAnswer) })
  list(@Query({ schema: pageQuery }) query: PageQuery) {
    return page(this.services.configuration.current, 'library', query);
  }

  @Get(':library')
  @Operation({ summary: 'Read a library', role: 'read', status: 200, answer: libraryAnswer, tagged: true, refuses: [404] })
  read(@Param('library') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    const key = entityKey(id);
    return answer(existing('library', key, this.services.configuration.current.stored('library', key)), reply);
  }

  @Patch(':library')
  @Operation({
    summary: 'Describe a library anew',
    role: 'admin',
    status: 200,
    answer: libraryAnswer,
    tagged: true,
    edits: 'conditional',
    refuses: [404, 413, 415, 422],
  })
  async describe(
    @Param('library') id: string,
    @Body({ schema: scriptChangeBody }) { description }: z.output<typeof scriptChangeBody>,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const edited = await this.editor.update(edit, 'library', entityKey(id), (before) => ({ ...before, description, origin: 'api' }));
    return answer(edited, reply);
  }

  @Delete(':library')
  @Operation({
    summary: 'Delete a library with all its versions',
    description: 'Refused while a version of a procedure pins one of them.',
    role: 'admin',
    status: 204,
    edits: 'conditional',
    refuses: [404],
  })
  delete(@Param('library') id: string, @EditOf() edit: Edit): Promise<void> {
    return this.editor.remove(edit, 'library', entityKey(id), (configuration) => {
      refuseWhilePinned(configuration, id);
      return versionsOf(configuration, 'library', id).map((version) => remove('library-version', keyOf('library-version', version)));
    });
  }

  @Post(':library/activate')
  @Operation({
    summary: 'Activate a version of a library',
    description:
      'Procedures that are uploaded from now on without naming a version pin this one. Stored versions keep what they have pinned. What an `author` asks for is a proposal, which an `admin` approves.',
    role: 'author',
    proposes: true,
    status: 200,
    answer: libraryAnswer,
    tagged: true,
    edits: 'conditional',
    refuses: [404, 413, 415, 422],
  })
  async activate(
    @Param('library') id: string,
    @Body({ schema: versionBody }) { version }: z.output<typeof versionBody>,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const edited = await this.editor.update(
      edit,
      'library',
      entityKey(id),
      (before, configuration) => activated(configuration, 'library', before, version),
      {
        action: 'library.activate',
        review: { findings: (configuration) => activationFindings(this.scripts, configuration, 'library', id, version) },
      },
    );
    return answer(edited, reply);
  }
}

/** @throws Problem `in-use` that names every version of a procedure which pins the library */
function refuseWhilePinned(configuration: Configuration, library: string): void {
  const errors = [...configuration.all('procedure-version')].flatMap((version) => {
    const at = version.libraries.findIndex((pin) => pin.library === library);
    if (at === -1) return [];
    const message = `version ${version.version} of procedure "${version.procedure}" pins version ${version.libraries[at]?.version ?? 0} of it`;
    return [{ kind: 'procedure-version', key: keyOf('procedure-version', version), pointer: `/libraries/${at}`, message }];
  });
  if (errors.length > 0) throw new Problem('in-use', 'The library is needed elsewhere.', { errors });
}

function answer({ value, revision }: Pick<Edited<Library>, 'value' | 'revision'>, reply: FastifyReply) {
  tag(reply, revision);
  return viewOf('library', value);
}
