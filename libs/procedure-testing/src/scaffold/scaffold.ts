import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFlow, FLOWS, type ProcedureLanguage } from '#libs/oauth';
import { procedureText } from './procedure-text.ts';
import { testText } from './test-text.ts';

/** What to make, and where. */
export interface ScaffoldRequest {
  /** Folder of procedures, in which each flow has a folder. Made if there is none. */
  readonly folder: string;
  readonly flow: string;
  /** Name of the files; by default the flow's. */
  readonly name?: string;
  readonly language: ProcedureLanguage;
  /** The folder of the shipped procedures, with `types` and `tsconfig.json`. */
  readonly shipped: string;
}

/** What was made, as paths. */
export interface Scaffold {
  readonly procedure: string;
  readonly test: string;
  /** The settings of editors and compilers: made, or found and left as they were. */
  readonly settings: { readonly path: string; readonly state: 'made' | 'kept' | 'kept without types' };
}

/** Nothing was made; the message says why. */
export class ScaffoldError extends Error {
  /** @param isMisuse whether what was asked for cannot be made at all, rather than not here */
  constructor(
    message: string,
    readonly isMisuse: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ScaffoldError';
  }
}

/** Where the types are copied to, below the folder of procedures: no package has to be installed for `context.` to complete. */
const TYPES = join('.tokenwright', 'procedure-types');

/**
 * Makes a procedure that does what the shipped default does, a test that it passes, and, where there is none, a
 * `tsconfig.json` with which an editor knows the types of both. Types that were copied before are brought up to date.
 *
 * @throws ScaffoldError when a file is there already, or the flow or the name is no good
 */
export function scaffold({ folder, flow, name = flow, language, shipped }: ScaffoldRequest): Scaffold {
  const found = findFlow(flow);
  if (found === undefined) throw new ScaffoldError(`there is no flow "${flow}"; there are ${FLOWS.map(({ id }) => id).join(', ')}`, true);
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name))
    throw new ScaffoldError(`the name must be of small letters, digits and dashes, such as claims-by-scope, not "${name}"`, true);
  const ending = language === 'typescript' ? 'ts' : 'js';
  const procedure = join(folder, flow, `${name}.${ending}`);
  const test = join(folder, flow, `${name}.test.${ending}`);
  for (const file of ['js', 'ts', 'test.js', 'test.ts'].map((one) => join(folder, flow, `${name}.${one}`)))
    if (existsSync(file)) throw new ScaffoldError(`${file} is there already; choose another name`, false);

  const source = readFileSync(join(shipped, flow, `${flow}.js`), 'utf8');
  mkdirSync(join(folder, flow), { recursive: true });
  write(procedure, procedureText(source, found.id, language));
  write(test, testText(name, found.id));
  return { procedure, test, settings: settingsIn(folder, shipped) };
}

function settingsIn(folder: string, shipped: string): Scaffold['settings'] {
  const path = join(folder, 'tsconfig.json');
  const types = join(folder, TYPES);
  const isThere = existsSync(path);
  if (!isThere) write(path, settingsText(shipped));
  if (!isThere || existsSync(types)) copyTypes(join(shipped, 'types'), types);
  if (!isThere) return { path, state: 'made' };
  return { path, state: /procedure-types|types\/\*/.test(readFileSync(path, 'utf8')) ? 'kept' : 'kept without types' };
}

/** The options of the shipped procedures, over the files of this folder. */
function settingsText(shipped: string): string {
  const { compilerOptions } = JSON.parse(readFileSync(join(shipped, 'tsconfig.json'), 'utf8')) as { compilerOptions: object };
  const include = ['**/*.js', '**/*.ts', `${TYPES.replaceAll('\\', '/')}/**/*.d.ts`];
  return `${JSON.stringify({ compilerOptions: { ...compilerOptions, allowImportingTsExtensions: true }, include }, null, 2)}\n`;
}

function copyTypes(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('.tgz') && !path.includes('node_modules') });
}

/** Never over what somebody has written. */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new ScaffoldError(`${file} is there already; choose another name`, false, { cause });
  }
}
