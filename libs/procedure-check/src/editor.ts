/*
 * What an editor in a browser shares with the check of uploads: no files, no processes.
 */
export type { DeclarationFile, Declarations } from './declarations.ts';
export { contextParameter, withContext } from './process/context-tag.ts';
export { TypeFinder, type OpenText, type TypeFindings } from './process/type-findings.ts';
export type { UsedLibrary } from './messages.ts';
export { libraryPath, MODULE_MARK, procedurePath } from './upload-paths.ts';
