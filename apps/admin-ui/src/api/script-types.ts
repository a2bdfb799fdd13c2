import type { z } from 'zod';
import type * as answers from '../../../admin-api/src/answers.ts';
import type * as bodies from '../../../admin-api/src/bodies.ts';
import type * as dryRun from '../../../admin-api/src/dry-run-answers.ts';
import type * as editor from '../../../admin-api/src/editor-answers.ts';
import type * as samples from '../../../admin-api/src/sample-answers.ts';

/** What the admin API answers about procedures and libraries. */

export type Procedure = z.output<typeof answers.procedureAnswer>;
export type ListedProcedure = z.output<typeof answers.listedProcedureAnswer>;
export type Library = z.output<typeof answers.libraryAnswer>;
export type ProcedureVersion = z.output<typeof answers.versionAnswer>;
export type LibraryVersion = z.output<typeof answers.libraryVersionAnswer>;
export type UploadedVersion = z.output<typeof answers.uploadAnswer>;
export type Binding = z.output<typeof answers.bindingAnswer>;
export type Flow = z.output<typeof answers.flowAnswer>;
export type VersionTests = z.output<typeof answers.testsAnswer>;
export type Activation = z.output<typeof samples.activationAnswer>;
export type Sample = z.output<typeof samples.sampleAnswer>;
export type SampleRun = z.output<typeof samples.sampleRunAnswer>;
export type NewSample = z.input<typeof bodies.sampleBody>;
export type DryRunReport = z.output<typeof dryRun.dryRunAnswer>;
export type DryRunContext = z.input<typeof bodies.dryRunContextBody>;
export type DescribedFlow = z.output<typeof editor.describedFlowAnswer>;
export type Declarations = z.output<typeof editor.declarationsAnswer>;
export type ScriptLanguage = ProcedureVersion['language'];

/** What has a text in immutable versions, of which one is active. */
export type ScriptKind = 'procedure' | 'library';
export type Script = Procedure | Library;
/** A version of either; a library's pins nothing and reads no secrets. */
export type ScriptVersion = Omit<LibraryVersion, 'library'> & Partial<Pick<ProcedureVersion, 'libraries' | 'secrets' | 'tests'>>;
