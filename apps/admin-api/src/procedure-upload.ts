import { Injectable } from '@nestjs/common';
import { entityKey, type Configuration, type LibraryPin, type LibraryVersion, type ProcedureLanguage } from '#libs/oauth';
import type { Edit } from './edit.ts';
import { pinned } from './library-pins.ts';
import { notFound, Problem } from './problem.ts';
import { SampleTests } from './sample-tests.ts';
import { ScriptCheck } from './script-check.ts';
import { ScriptUpload, type Uploaded } from './script-upload.ts';

/** What is uploaded, and what for. */
export interface Upload {
  readonly procedure: string;
  readonly language: ProcedureLanguage;
  readonly source: string;
  readonly note: string;
  /** Creates the procedure for this flow when there is none. */
  readonly flow: string | undefined;
  /** Global scripts in the order of their evaluation, such as `claims@2`; one without a version is pinned to its active one. */
  readonly libraries: readonly string[];
  /** Names of the secrets it may read once it is activated or bound. */
  readonly secrets: readonly string[];
  readonly activate: boolean;
  readonly latest: number | undefined;
  /** Activates it even when it fails in a sample. */
  readonly evenIfFailing: boolean;
}

/** Uploads versions of procedures. */
@Injectable()
export class ProcedureUpload {
  constructor(
    private readonly uploads: ScriptUpload,
    private readonly scripts: ScriptCheck,
    private readonly tests: SampleTests,
  ) {}

  /**
   * Pins the libraries and stores the text as the procedure's next version.
   *
   * @param configuration the one that active versions are taken from
   * @throws Problem `procedure-refused` with the findings of the check, `not-found` for an unknown procedure without a flow,
   * `invalid-configuration` for libraries that do not exist
   */
  async upload(configuration: Configuration, edit: Edit, upload: Upload): Promise<Uploaded<'procedure'>> {
    const { procedure, language, source, note, activate, latest } = upload;
    const flow = flowOf(configuration, upload);
    const libraries = pinned(
      configuration,
      upload.libraries,
      '/library',
      (errors) => new Problem('invalid-configuration', 'Nothing was stored.', { errors }),
    );
    const secrets = upload.secrets.toSorted();
    return this.uploads.upload(edit, {
      kind: 'procedure',
      id: procedure,
      language,
      source,
      note,
      activate,
      latest,
      members: { procedure, libraries: libraries.map(pinOf), secrets },
      fresh: { id: procedure, flow, description: '', activeVersion: null, samples: [], origin: 'api' },
      mayBeActive: ({ tests }) => upload.evenIfFailing || tests?.state !== 'failed',
      test: async (script) => {
        const samples = configuration.get('procedure', entityKey(procedure))?.samples ?? [];
        const version = { procedure, script, libraries: libraries.map(pinOf), secrets };
        return { tests: await this.tests.run(configuration, flow, version, samples, edit.actor.id) };
      },
      check: (version) =>
        this.scripts.procedure({ id: procedure, version, flow, language, source, author: edit.actor.id, libraries, secrets }),
      confirm: (now) => {
        // Somebody may have replaced what the text was checked for and with: procedures and libraries keep their ids then.
        if (flowOf(now, upload) !== flow) throw new Problem('precondition-failed', 'The procedure was replaced meanwhile.');
        for (const checked of libraries) {
          const stored = now.get('library-version', entityKey(checked.library, checked.version));
          if (stored?.digest === checked.digest) continue;
          throw new Problem('precondition-failed', `The library "${checked.library}" was replaced meanwhile.`);
        }
      },
    });
  }
}

function pinOf({ library, version }: LibraryVersion): LibraryPin {
  return { library, version };
}

function flowOf(configuration: Configuration, { procedure, flow }: Upload): string {
  const known = configuration.get('procedure', entityKey(procedure));
  const chosen = known?.flow ?? flow;
  if (chosen === undefined) throw notFound(`procedure "${procedure}": add ?flow= to create it with its first version`);
  if (known !== undefined && flow !== undefined && known.flow !== flow) {
    throw new Problem('invalid-configuration', 'Nothing was stored.', {
      errors: [{ pointer: '/flow', message: `procedure "${procedure}" is for flow "${known.flow}", which was fixed when it was created` }],
    });
  }
  return chosen;
}
