import type { ScriptLanguage } from '../../api/script-types.ts';
import type { Formatted } from './language-service.ts';

/** The style of the shipped procedures. */
const STYLE = { singleQuote: true, printWidth: 140, trailingComma: 'all' } as const;

/** Formats a text; what does it is loaded at the first time. @throws Error that says where the syntax is wrong */
export async function format(source: string, language: ScriptLanguage, cursor: number): Promise<Formatted> {
  const [{ formatWithCursor }, estree, parser] = await Promise.all([
    import('prettier/standalone'),
    import('prettier/plugins/estree'),
    language === 'typescript' ? import('prettier/plugins/typescript') : import('prettier/plugins/acorn'),
  ]);
  const { formatted, cursorOffset } = await formatWithCursor(source, {
    ...STYLE,
    parser: language === 'typescript' ? 'typescript' : 'acorn',
    plugins: [estree.default, parser.default],
    cursorOffset: cursor,
  });
  return { text: formatted, cursor: cursorOffset };
}
