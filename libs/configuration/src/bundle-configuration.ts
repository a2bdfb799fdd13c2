import { isScalar, Scalar, type Pair } from 'yaml';
import { ConfigurationText, type Path } from './file/configuration-text.ts';
import { ConfigurationFileError, type FileProblem } from './file/file-problem.ts';
import { literalOf } from './file/literal-values.ts';
import { sealedValuesOf } from './file/outgoing-entries.ts';
import { readAlone, type ReadOptions } from './file/read-configuration-file.ts';
import { plainOf } from './file/sealed-values.ts';
import { chosenSecret } from './schema/client-body.ts';
import { pointerOf } from './schema/shape.ts';

/** A configuration text that stands alone: what it took from files and the environment is written in it. */
export interface Bundle {
  readonly text: string;
  /** Everything that the text alone shows to be wrong; with any the bundle is only good for a dry run, which may find more. */
  readonly problems: readonly FileProblem[];
  /** The same with what a service found in the bundle, each once, in the files the bundle was made of. */
  problemsWith(found: readonly Omit<FileProblem, 'file'>[]): readonly FileProblem[];
  /** Turns a problem in the bundle into one in the files it was made of. */
  locate(problem: Omit<FileProblem, 'file'>): FileProblem;
}

/**
 * Makes a configuration file ready for a service that sees neither its procedure files nor its environment.
 *
 * @throws ConfigurationFileError for a text that cannot be read as YAML
 */
export async function bundleConfiguration(
  text: string,
  options: Omit<ReadOptions, 'current' | 'check' | 'compile' | 'sealer' | 'actor'>,
): Promise<Bundle> {
  const { reading, profiles, themeFiles, desired } = await readAlone(text, options);
  if (reading.text.root === undefined) throw new ConfigurationFileError(reading.problems);
  const bundle = new ConfigurationText(text, options.fileName);
  const files = new Map<string, string>();

  for (const script of [...desired.libraries, ...desired.procedures]) {
    for (const version of script.versions) {
      const pair = version.file === null ? null : bundle.pair(version.path);
      if (pair === null || version.file === null) continue;
      files.set(pointerOf([...version.path.slice(0, -1), 'source']), version.file);
      const source = new Scalar(version.source);
      source.type = Scalar.BLOCK_LITERAL;
      rename(pair, 'source', source);
      // Without the name of its file nothing else tells.
      if (version.language === 'typescript') bundle.write(version.path.slice(0, -1), 'language', version.language);
    }
  }
  for (const { path, content, member } of themeFiles) {
    const pair = bundle.pair([...path, ...(member === null ? [] : ['file'])]);
    if (pair !== null) rename(pair, member ?? String(path.at(-1)), new Scalar(content));
  }
  const env = options.env ?? {};
  const write = (path: Path, literal: string | null) => {
    const pair = bundle.pair([...path, 'env']);
    if (literal !== null && pair !== null) rename(pair, 'value', new Scalar(literal));
  };
  for (const { secrets } of profiles.clients)
    for (const secret of secrets) if (secret.env !== null) write(secret.path, literalOf(reading, secret, env, chosenSecret));
  for (const value of sealedValuesOf(profiles)) if (value.env !== null) write(value.path, plainOf(reading, value, env));

  // A key that is written twice is no obstacle to writing it twice again.
  bundle.document.errors = [];
  const bundled = bundle.document.toString({ lineWidth: 0 });
  const result = new ConfigurationText(bundled, options.fileName);
  const toOriginal: Bundle['locate'] = (problem) => locate(problem, reading.text, result, files);
  const { problems } = reading;
  return {
    text: bundled,
    problems,
    problemsWith: (found) => [
      ...problems,
      ...found.map(toOriginal).filter((problem) => !problems.some((known) => explains(known, problem))),
    ],
    locate: toOriginal,
  };
}

/** Whether a problem is known already: the same one, or the service's own words for a file or variable that is missing here. */
function explains(known: FileProblem, problem: FileProblem): boolean {
  if (known.pointer !== problem.pointer) return false;
  return known.message === problem.message || /\/(file|env)$/.test(known.pointer);
}

function rename(pair: Pair, key: string, value: Scalar): void {
  if (isScalar(pair.key)) pair.key.value = key;
  pair.value = value;
}

function locate(
  problem: Omit<FileProblem, 'file'>,
  original: ConfigurationText,
  bundle: ConfigurationText,
  files: ReadonlyMap<string, string>,
): FileProblem {
  const { message } = problem;
  const path = pathOf(problem.pointer);
  const file = files.get(problem.pointer);
  const start = file === undefined ? null : bundle.placeWithin(path, 1, 1);
  if (file !== undefined && start !== null && problem.line >= start.line)
    return {
      pointer: pointerOf(originalPath(original, path)),
      file,
      line: problem.line - start.line + 1,
      column: Math.max(1, problem.column - start.column + 1),
      message,
    };
  const at = originalPath(original, path);
  const key = bundle.place(path, true);
  return original.problem(at, message, key.line === problem.line && key.column === problem.column);
}

/** Where the original has what the bundle has at a path. */
function originalPath(original: ConfigurationText, path: Path): Path {
  const last = path.at(-1);
  const renamed = last === 'source' || last === 'base64' ? 'file' : last === 'value' ? 'env' : null;
  if (renamed === null || original.existing(path).length === path.length) return path;
  const candidate = [...path.slice(0, -1), renamed];
  return original.existing(candidate).length === candidate.length ? candidate : path;
}

function pathOf(pointer: string): Path {
  return pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
