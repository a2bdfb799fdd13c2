import { readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import type { CheckRequest } from '../messages.ts';

/** Where the files of an upload are said to be: nowhere. */
const FOLDER = '/upload';

/** Makes an upload's file a module, whose names may be those of globals. After its end, so that no position changes. */
export const MODULE_MARK = '\nexport {};';

/** The text of an upload as it is checked. */
export interface UploadText {
  readonly text: string;
  readonly language: CheckRequest['language'];
  readonly libraries: CheckRequest['libraries'];
}

/**
 * What the language service sees: the types of procedures, the library files of the language that these need, and the texts
 * of one upload. It reads nothing else, whatever the upload refers to.
 */
export class UploadHost implements ts.LanguageServiceHost {
  /** Milliseconds since 1970 after which a check is given up. */
  deadline = Infinity;
  readonly #settings: ts.CompilerOptions;
  readonly #types: readonly string[];
  readonly #folder: string;
  readonly #read = new Map<string, ts.IScriptSnapshot | undefined>();
  /** From then on, no further file of the language is read. */
  #isSealed = false;
  #version = 0;
  #upload = new Map<string, ts.IScriptSnapshot>();
  #file = '';

  constructor(proceduresFolder: string, settings: ts.CompilerOptions) {
    this.#folder = proceduresFolder;
    this.#settings = settings;
    const types = path.join(proceduresFolder, 'types');
    this.#types = readdirSync(types)
      .filter((name) => name.endsWith('.d.ts'))
      .map((name) => path.join(types, name));
  }

  /** Takes the place of the upload before. @returns the file name of its text */
  show({ text, language, libraries }: UploadText): string {
    this.#version++;
    const extensionOf = (of: CheckRequest['language']): string => (of === 'typescript' ? '.ts' : '.js');
    this.#upload = new Map(
      libraries.map((library, index) => [
        // A script and no module: its names are seen by all.
        `${FOLDER}/library-${index + 1}${extensionOf(library.language)}`,
        ts.ScriptSnapshot.fromString(library.source),
      ]),
    );
    this.#file = `${FOLDER}/procedure${extensionOf(language)}`;
    this.#upload.set(this.#file, ts.ScriptSnapshot.fromString(text + MODULE_MARK));
    return this.#file;
  }

  seal(): void {
    this.#isSealed = true;
  }

  isType(fileName: string): boolean {
    return this.#types.includes(path.normalize(fileName));
  }

  getCompilationSettings(): ts.CompilerOptions {
    return this.#settings;
  }

  getScriptFileNames(): string[] {
    return [...this.#types, ...this.#upload.keys()];
  }

  getScriptVersion(fileName: string): string {
    return this.#upload.has(fileName) ? String(this.#version) : '1';
  }

  getScriptSnapshot(fileName: string): ts.IScriptSnapshot | undefined {
    const uploaded = this.#upload.get(fileName);
    if (uploaded !== undefined || this.#isSealed || this.#read.has(fileName)) return uploaded ?? this.#read.get(fileName);
    const text = ts.sys.readFile(fileName);
    const snapshot = text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    this.#read.set(fileName, snapshot);
    return snapshot;
  }

  fileExists(fileName: string): boolean {
    return this.getScriptSnapshot(fileName) !== undefined;
  }

  readFile(fileName: string): string | undefined {
    const snapshot = this.getScriptSnapshot(fileName);
    return snapshot?.getText(0, snapshot.getLength());
  }

  directoryExists(): boolean {
    return false;
  }

  getDirectories(): string[] {
    return [];
  }

  getCurrentDirectory(): string {
    return this.#folder;
  }

  getDefaultLibFileName(options: ts.CompilerOptions): string {
    return ts.getDefaultLibFilePath(options);
  }

  getCancellationToken(): ts.HostCancellationToken {
    return { isCancellationRequested: () => Date.now() > this.deadline };
  }
}
