import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Scalar,
  visit,
  type Document,
  type Node,
  type Pair,
} from 'yaml';
import { pointerOf } from '../schema/shape.ts';
import type { FileProblem } from './file-problem.ts';

/** Longer texts are refused unread. Bytes. */
export const LARGEST_CONFIGURATION_TEXT = 16_777_216;
const MOST_ALIASES = 500;

export type Path = readonly (string | number)[];

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A configuration as text, with the place of everything in it. */
export class ConfigurationText {
  readonly document: Document.Parsed;
  /** The text as plain values; undefined when the text is not even YAML. */
  readonly root: unknown;
  /** What is wrong with the YAML itself. */
  readonly problems: readonly FileProblem[];
  readonly #lines = new LineCounter();

  constructor(
    private readonly text: string,
    readonly fileName: string,
  ) {
    const tooLarge = Buffer.byteLength(text) > LARGEST_CONFIGURATION_TEXT;
    this.document = parseDocument(tooLarge ? '' : text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      uniqueKeys: true,
      version: '1.2',
      schema: 'core',
      merge: false,
    });
    const problems: FileProblem[] = tooLarge ? [this.#problemAt(0, '', `is larger than ${LARGEST_CONFIGURATION_TEXT} bytes`)] : [];
    for (const error of this.document.errors) problems.push(this.#problemAt(error.pos[0], '', YAML_MESSAGES[error.code] ?? error.message));
    const readable = this.document.errors.every((error) => error.code === 'DUPLICATE_KEY') && !tooLarge;
    if (readable) problems.push(...this.#unreadableNodes());
    this.root =
      readable && problems.every((problem) => problem.message === YAML_MESSAGES['DUPLICATE_KEY']) ? this.#plain(problems) : undefined;
    this.problems = problems;
  }

  /** The place of what a path leads to, or of the last thing on the way that exists. */
  place(path: Path, atKey = false): Place {
    const { node, pair } = this.#walk(path);
    const target = atKey && isNode(pair?.key) ? pair.key : (node ?? (isNode(pair?.key) ? pair.key : null));
    return this.#placeAt(target?.range?.[0] ?? 0);
  }

  /** As much of a path as exists. */
  existing(path: Path): Path {
    return path.slice(0, this.#walk(path).depth);
  }

  /**
   * The place in this text of a line and column of a text value, when the value is written as a literal block (`|`).
   * Null for other styles, whose lines do not correspond.
   */
  placeWithin(path: Path, line: number, column: number): Place | null {
    const { node } = this.#walk(path);
    if (!isScalar(node) || node.type !== Scalar.BLOCK_LITERAL || !node.range || typeof node.value !== 'string') return null;
    const header = this.#placeAt(node.range[0]);
    const firstLine = node.value.split('\n').findIndex((text) => text !== '');
    if (firstLine < 0) return null;
    const start = this.#lines.lineStarts[header.line + firstLine];
    const content = node.value.split('\n')[firstLine] ?? '';
    const written = start === undefined ? -1 : this.text.indexOf(content, start);
    return written < 0 || start === undefined ? null : { line: header.line + line, column: column + written - start };
  }

  /** The pair that holds what a path leads to; null when there is none. */
  pair(path: Path): Pair | null {
    const { depth, pair } = this.#walk(path);
    return depth === path.length ? pair : null;
  }

  /** Writes a text into the mapping that a path leads to, through aliases too. */
  write(path: Path, key: string, value: string): void {
    const { depth, node } = this.#walk(path);
    if (depth === path.length && isMap(node)) node.set(key, value);
  }

  problem(path: Path, message: string, atKey = false): FileProblem {
    return { pointer: pointerOf(path), file: this.fileName, ...this.place(path, atKey), message };
  }

  #walk(path: Path): { readonly node: Node | null; readonly pair: Pair | null; readonly depth: number } {
    let node = this.#resolve(this.document.contents);
    let pair: Pair | null = null;
    let depth = 0;
    for (const part of path) {
      if (isMap(node)) {
        const found: Pair | undefined = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
        if (found === undefined) break;
        pair = found;
        node = this.#resolve(found.value);
      } else if (isSeq(node)) {
        const item = node.items[Number(part)];
        if (item === undefined) break;
        node = this.#resolve(item);
      } else break;
      depth++;
    }
    return { node, pair, depth };
  }

  #resolve(value: unknown): Node | null {
    if (isAlias(value)) return value.resolve(this.document) ?? value;
    return isNode(value) ? value : null;
  }

  /** Aliases to nothing or to what contains them, and keys that are no plain words. */
  #unreadableNodes(): readonly FileProblem[] {
    const problems: FileProblem[] = [];
    // Before any is resolved: each looks through the whole text for its anchor.
    let aliases = 0;
    visit(this.document, { Alias: () => (++aliases > MOST_ALIASES ? visit.BREAK : undefined) });
    if (aliases > MOST_ALIASES) return [this.#problemAt(0, '', `there are more than ${MOST_ALIASES} aliases ("*name")`)];
    visit(this.document, {
      Alias: (_key, alias, ancestors) => {
        const source = alias.resolve(this.document);
        if (source === undefined)
          problems.push(this.#problemAt(alias.range?.[0] ?? 0, '', `there is no anchor "${alias.source}" before this`));
        else if (ancestors.some((ancestor) => ancestor === source))
          problems.push(this.#problemAt(alias.range?.[0] ?? 0, '', `"${alias.source}" contains itself here`));
      },
      Pair: (_key, pair) => {
        const key = pair.key;
        const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
        if (!isScalar(key) || key.value === null || typeof key.value === 'object')
          problems.push(this.#problemAt(offset, '', 'a key must be a plain word'));
        else if (key.value === '__proto__') problems.push(this.#problemAt(offset, '', '"__proto__" cannot be a key'));
      },
    });
    return problems;
  }

  #plain(problems: FileProblem[]): unknown {
    try {
      return this.document.toJS({ maxAliasCount: MOST_ALIASES });
    } catch (error) {
      problems.push(this.#problemAt(0, '', error instanceof Error ? error.message : String(error)));
      return undefined;
    }
  }

  #problemAt(offset: number, pointer: string, message: string): FileProblem {
    return { pointer, file: this.fileName, ...this.#placeAt(offset), message };
  }

  #placeAt(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

const YAML_MESSAGES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key is written twice in the same mapping',
  TAB_AS_INDENT: 'indent with spaces, not with tabs',
  MULTIPLE_DOCS: 'the file must hold one YAML document',
};
