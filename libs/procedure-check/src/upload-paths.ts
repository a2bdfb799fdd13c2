import type { ProcedureLanguage } from '#libs/oauth';

/** Where the files of an upload are said to be: nowhere. */
const FOLDER = '/upload';

/** Makes an upload's file a module, whose names may be those of globals. After its end, so that no position changes. */
export const MODULE_MARK = '\nexport {};';

/** The path under which the text itself is checked. */
export function procedurePath(language: ProcedureLanguage): string {
  return `${FOLDER}/procedure${extensionOf(language)}`;
}

/** The path of a library, by its place in the order of evaluation. */
export function libraryPath(index: number, language: ProcedureLanguage): string {
  return `${FOLDER}/library-${index + 1}${extensionOf(language)}`;
}

function extensionOf(language: ProcedureLanguage): string {
  return language === 'typescript' ? '.ts' : '.js';
}
