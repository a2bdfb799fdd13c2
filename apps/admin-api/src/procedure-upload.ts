import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  DEFAULT_LIMITS,
  entityKey,
  put,
  type CheckFinding,
  type Configuration,
  type Procedure,
  type ProcedureVersion,
  type Stored,
} from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import type { Edit } from './edit.ts';
import { Editor, requireOwnership, type PlannedChange } from './editor.ts';
import { check } from './preconditions.ts';
import { notFound, Problem } from './problem.ts';

/** What is uploaded, and what for. */
export interface Upload {
  readonly procedure: string;
  readonly source: string;
  readonly note: string;
  /** Creates the procedure for this flow when there is none. */
  readonly flow: string | undefined;
  readonly activate: boolean;
}

export interface Uploaded {
  readonly version: ProcedureVersion;
  /** False when the latest version has the same source: it stands for the upload. */
  readonly created: boolean;
  readonly active: boolean;
  readonly warnings: readonly CheckFinding[];
}

/** Checks a source in the sandbox and stores it as the procedure's next version; nothing of a refused one is stored. */
@Injectable()
export class ProcedureUpload {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly editor: Editor,
  ) {}

  /** @throws Problem `procedure-refused` with the findings of the check, `not-found` for an unknown procedure without a flow */
  async upload(edit: Edit, upload: Upload): Promise<Uploaded> {
    if (Buffer.byteLength(upload.source) > DEFAULT_LIMITS.sourceBytes) {
      throw new Problem('too-large', `A source may have ${DEFAULT_LIMITS.sourceBytes} bytes.`);
    }
    const { current } = this.services.configuration;
    const flow = flowOf(current, upload);
    const last = versionsOf(current, upload.procedure).at(-1);
    const warnings = last?.source === upload.source ? [] : await this.#check(upload, flow, (last?.version ?? 0) + 1);
    const { result } = await this.editor.apply(edit, (configuration) => {
      // Somebody may have made the procedure meanwhile, for a flow that the source was not checked for.
      if (flowOf(configuration, upload) !== flow) throw new Problem('precondition-failed', 'The procedure was replaced meanwhile.');
      return this.#plan(configuration, edit, upload, flow);
    });
    return { ...result, warnings };
  }

  async #check({ procedure, source }: Upload, flow: string, version: number): Promise<readonly CheckFinding[]> {
    const outcome = await this.services.sandbox.check({ key: `${procedure}@${version}`, procedure, version, flow, source });
    if (outcome.ok) return outcome.warnings;
    throw new Problem('procedure-refused', 'Nothing was stored.', { members: { findings: outcome.errors } });
  }

  #plan(configuration: Configuration, edit: Edit, upload: Upload, flow: string) {
    const before: Stored<Procedure> | undefined = configuration.stored('procedure', entityKey(upload.procedure));
    check(edit.preconditions, before?.revision);
    const last = versionsOf(configuration, upload.procedure).at(-1);
    const created = last?.source !== upload.source;
    const version = created ? this.#version(upload, (last?.version ?? 0) + 1, edit) : last;
    const changes: PlannedChange[] = [];
    const procedure: Procedure = {
      ...(before?.value ?? { id: upload.procedure, flow, description: '', activeVersion: null }),
      ...(upload.activate ? { activeVersion: version.version } : {}),
      origin: 'api',
    };
    const activated = procedure.activeVersion !== (before?.value.activeVersion ?? null);
    if (created || activated) requireOwnership('procedure', before?.value, edit);
    if (before === undefined) changes.push(put('procedure', procedure));
    else if (activated) changes.push({ ...put('procedure', procedure), action: 'procedure.activate' });
    else if (created && before.value.origin !== 'api') changes.push(put('procedure', procedure));
    if (created) changes.push(put('procedure-version', version));
    return { changes, result: { version, created, active: procedure.activeVersion === version.version } };
  }

  #version({ procedure, source, note }: Upload, version: number, edit: Edit): ProcedureVersion {
    return {
      procedure,
      version,
      language: 'javascript',
      source,
      digest: hash('sha256', source, 'base64url'),
      note,
      createdAt: this.services.clock(),
      createdBy: edit.actor.id,
      origin: 'api',
    };
  }
}

/** The versions of a procedure, oldest first. */
export function versionsOf(configuration: Configuration, procedure: string): readonly ProcedureVersion[] {
  return [...configuration.all('procedure-version')]
    .filter((version) => version.procedure === procedure)
    .sort((a, b) => a.version - b.version);
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
