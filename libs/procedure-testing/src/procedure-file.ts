import { readFileSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import { FLOWS, findFlow, type FlowId, type ProcedureLanguage } from '#libs/oauth';
import { SampleError } from './sample.ts';

/** A procedure on disk, before it is compiled. */
export interface ProcedureFile {
  /** Absolute. */
  readonly path: string;
  /** The file's name without its ending. */
  readonly name: string;
  readonly language: ProcedureLanguage;
  readonly source: string;
}

/** @throws SampleError when there is no such file */
export function readProcedure(path: string): ProcedureFile {
  const ending = extname(path);
  if (ending !== '.js' && ending !== '.ts') throw new SampleError(`${path} is no procedure: its name must end in .js or .ts`);
  try {
    const source = readFileSync(path, 'utf8');
    return { path, name: basename(path, ending), language: ending === '.ts' ? 'typescript' : 'javascript', source };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new SampleError(`there is no file ${path}`, { cause });
  }
}

/**
 * The flow that a procedure is for: what its comment says (`Flow: oauth-introspect` or `@flow oauth-introspect`), else the
 * name of its folder, else the only flow with the type of its context. Null when none of them tells.
 *
 * @throws SampleError when the comment names a flow that there is not
 */
export function flowOf({ path, source }: ProcedureFile): FlowId | null {
  const said = /^[\s/*]*(?:@flow|Flow:)\s+([\w-]+)/m.exec(source)?.[1];
  if (said !== undefined) {
    const flow = findFlow(said);
    if (flow === undefined) throw new SampleError(`${path} says that it is for the flow "${said}", which there is not`);
    return flow.id;
  }
  const folder = findFlow(basename(dirname(path)));
  if (folder !== undefined) return folder.id;
  const types = new Set(source.match(/\b\w+ProcedureContext\b/g));
  const fitting = FLOWS.filter(({ contextType }) => types.has(contextType));
  return fitting.length === 1 ? (fitting[0]?.id ?? null) : null;
}
