import { createRequire } from 'node:module';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProcedureLanguage } from '#libs/oauth';

/** A declaration file under the path that the check knows it by, such as `/types/globals.d.ts` or `/lib.es5.d.ts`. */
export interface DeclarationFile {
  readonly path: string;
  readonly text: string;
}

/** All that the check of types sees beside a text and its libraries. A language service over these finds what the check finds. */
export interface Declarations {
  /** Version of the compiler that the check uses, and whose library files these are. */
  readonly typescript: string;
  /** As in a `tsconfig.json`; of JavaScript less is asked. */
  readonly compilerOptions: Readonly<Record<ProcedureLanguage, Readonly<Record<string, unknown>>>>;
  /** Files of the language at the root, those of procedures under `/types`. */
  readonly files: readonly DeclarationFile[];
}

const LANGUAGE: Readonly<Record<ProcedureLanguage, Readonly<Record<string, unknown>>>> = {
  typescript: { erasableSyntaxOnly: true },
  // Of untyped scripts only what is surely wrong is of use.
  javascript: { strict: false, noImplicitReturns: false, noFallthroughCasesInSwitch: false, noUncheckedIndexedAccess: false },
};

/** Reads the declarations from the installation. Takes some milliseconds, and half a megabyte. */
export function readDeclarations(folder = proceduresFolder()): Declarations {
  const { compilerOptions } = JSON.parse(readFileSync(path.join(folder, 'tsconfig.json'), 'utf8')) as {
    compilerOptions: Readonly<Record<string, unknown>> & { readonly lib: readonly string[] };
  };
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  // A text is a module only by the mark that the check appends: libraries are scripts, whose names all see.
  const common = { ...compilerOptions, moduleDetection: 'legacy' };
  return {
    typescript: version,
    compilerOptions: {
      javascript: { ...common, ...LANGUAGE.javascript },
      typescript: { ...common, ...LANGUAGE.typescript },
    },
    files: [...languageFiles(path.join(path.dirname(manifest), 'lib'), compilerOptions.lib), ...typeFiles(path.join(folder, 'types'))],
  };
}

/** `procedures/` stands beside `libs/`, or beside `dist/` where this has been built. */
export function proceduresFolder(): string {
  for (let folder = path.dirname(fileURLToPath(import.meta.url)); ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'procedures');
    if (existsSync(path.join(candidate, 'types', 'contexts.d.ts'))) return realpathSync(candidate);
    if (path.dirname(folder) === folder)
      throw new Error('the types of procedures are missing: there is no procedures/types in this installation');
  }
}

function typeFiles(folder: string): DeclarationFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.d.ts'))
    .sort()
    .map((name) => ({ path: `/types/${name}`, text: readFileSync(path.join(folder, name), 'utf8') }));
}

/** The files of the named parts of the language, with those that they refer to. */
function languageFiles(folder: string, names: readonly string[]): DeclarationFile[] {
  const files = new Map<string, DeclarationFile>();
  const waiting = [...names];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const file = `lib.${name.toLowerCase()}.d.ts`;
    if (files.has(file)) continue;
    const text = readFileSync(path.join(folder, file), 'utf8');
    files.set(file, { path: `/${file}`, text });
    waiting.push(...[...text.matchAll(/^\/\/\/ <reference lib="([^"]+)" \/>/gmu)].map(([, referred = '']) => referred));
  }
  return [...files.values()];
}
