import { Injectable } from '@nestjs/common';
import type { ProcedureLanguage } from '#libs/oauth';
import type { Edit } from './edit.ts';
import { ScriptCheck } from './script-check.ts';
import { ScriptUpload, type Uploaded } from './script-upload.ts';

/** What is uploaded. */
export interface NewLibraryVersion {
  readonly library: string;
  readonly language: ProcedureLanguage;
  readonly source: string;
  readonly note: string;
  readonly activate: boolean;
  readonly latest: number | undefined;
}

/** Uploads versions of libraries; the first one makes its library. */
@Injectable()
export class LibraryUpload {
  constructor(
    private readonly uploads: ScriptUpload,
    private readonly scripts: ScriptCheck,
  ) {}

  /** @throws Problem `procedure-refused` with the findings of the check */
  async upload(edit: Edit, { library, ...text }: NewLibraryVersion): Promise<Uploaded<'library'>> {
    return this.uploads.upload(edit, {
      kind: 'library',
      id: library,
      ...text,
      members: { library },
      fresh: { id: library, description: '', activeVersion: null, origin: 'api' },
      check: (version) => this.scripts.library({ id: library, version, author: edit.actor.id, ...text }),
      confirm: () => undefined,
    });
  }
}
