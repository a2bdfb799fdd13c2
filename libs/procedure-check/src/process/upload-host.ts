import ts from 'typescript';
import type { DeclarationFile } from '../declarations.ts';
import type { CheckRequest } from '../messages.ts';
import { libraryPath, MODULE_MARK, procedurePath } from '../upload-paths.ts';

/** The text of an upload as it is checked. */
export interface UploadText {
  readonly text: string;
  readonly language: CheckRequest['language'];
  readonly libraries: CheckRequest['libraries'];
}

/**
 * What the language service sees: the declarations, and the texts of one upload. There is nothing else that it could read,
 * whatever the upload refers to.
 */
export class UploadHost implements ts.LanguageServiceHost {
  /** Milliseconds since 1970 after which a check is given up. */
  deadline = Infinity;
  readonly #declared: ReadonlyMap<string, ts.IScriptSnapshot>;
  readonly #settings: ts.CompilerOptions;
  readonly #types: readonly string[];
  #version = 0;
  #upload = new Map<string, ts.IScriptSnapshot>();

  constructor(files: readonly DeclarationFile[], settings: ts.CompilerOptions) {
    this.#settings = settings;
    this.#declared = new Map(files.map(({ path, text }) => [path, ts.ScriptSnapshot.fromString(text)]));
    this.#types = files.map(({ path }) => path).filter((path) => path.startsWith('/types/'));
  }

  /** Takes the place of the upload before. @returns the file name of its text */
  show({ text, language, libraries }: UploadText): string {
    this.#version++;
    this.#upload = new Map(
      libraries.map((library, index) => [
        // A script and no module: its names are seen by all.
        libraryPath(index, library.language),
        ts.ScriptSnapshot.fromString(library.source),
      ]),
    );
    const file = procedurePath(language);
    this.#upload.set(file, ts.ScriptSnapshot.fromString(text + MODULE_MARK));
    return file;
  }

  isType(fileName: string): boolean {
    return this.#types.includes(fileName);
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
    return this.#upload.get(fileName) ?? this.#declared.get(fileName);
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
    return '/';
  }

  getDefaultLibFileName(options: ts.CompilerOptions): string {
    return `/${ts.getDefaultLibFileName(options)}`;
  }

  getCancellationToken(): ts.HostCancellationToken {
    return { isCancellationRequested: () => Date.now() > this.deadline };
  }
}
