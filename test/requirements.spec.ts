import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

/** The tables of requirements name tests. Each must be there: a requirement whose test has gone is proved by nothing. */

const README = join(import.meta.dirname, 'README.md');
const text = readFileSync(README, 'utf8');

interface Reference {
  readonly requirement: string;
  readonly file: string;
  /** What titles of tests say, in part. */
  readonly titles: readonly string[];
}

const LINK = /\[[^\]]+\]\(([^)]+\.(?:spec\.ts|ts))\)/g;

/** The tests that a cell names: files, each with the titles that follow it. */
function references(requirement: string, cell: string): readonly Reference[] {
  const links = [...cell.matchAll(LINK)];
  return links.map((link, i) => {
    const said = cell.slice(link.index + link[0].length, links[i + 1]?.index);
    return { requirement, file: String(link[1]), titles: titlesIn(said) };
  });
}

/** After a colon: titles in quotes, or a part of one without, divided by commas and semicolons. */
function titlesIn(said: string): readonly string[] {
  if (!said.startsWith(':')) return [];
  const quoted = [...said.matchAll(/"([^"]+)"/g)].map(([, title]) => String(title));
  const plain = said
    .slice(1)
    .replaceAll(/"[^"]+"/g, '')
    .split(/[,;]/)
    .map((part) => part.trim());
  return [...quoted, ...plain].filter((title) => title !== '');
}

const cells = (row: string) =>
  row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

const rows = text.split('\n').filter((line) => line.startsWith('| ') && line.endsWith('|') && !/^\| *-/.test(line));
const all = rows.flatMap((row) => {
  const [requirement = '', ...others] = cells(row);
  return others.flatMap((cell) => references(requirement, cell));
});

/** The texts in quotes of a file: titles are among them, and whatever the rows of `test.each` are called. */
const literals = new Map<string, readonly string[]>();
function literalsOf(path: string): readonly string[] {
  const known = literals.get(path);
  if (known !== undefined) return known;
  const found = [...readFileSync(path, 'utf8').matchAll(/'((?:[^'\\\n]|\\.)+)'|"((?:[^"\\\n]|\\.)+)"|`((?:[^`\\]|\\.)+)`/g)].map(
    ([, single, double, template]) => (single ?? double ?? template ?? '').replaceAll(/\\(.)/g, '$1'),
  );
  literals.set(path, found);
  return found;
}

/** Whether a text says something; `...` stands for anything. */
const says = (literal: string, title: string) => {
  let from = 0;
  return title.split('...').every((part) => {
    const at = literal.indexOf(part.trim(), from);
    from = at + part.trim().length;
    return at >= 0;
  });
};

describe('the tables of requirements', () => {
  test('name tests at all, for every part of the product', () => {
    expect(all.length).toBeGreaterThan(200);
    expect(rows.filter((row) => row.includes('.spec.ts')).length).toBeGreaterThan(150);
  });

  test('name files that exist', () => {
    const missing = all.filter(({ file }) => !existsSync(join(dirname(README), file)));
    expect(missing.map(({ requirement, file }) => `${file}: ${requirement}`)).toEqual([]);
  });

  test('name tests that these files have', () => {
    const wrong = all.flatMap(({ requirement, file, titles }) => {
      const path = join(dirname(README), file);
      if (!existsSync(path)) return [];
      return titles
        .filter((title) => !literalsOf(path).some((literal) => says(literal, title)))
        .map((title) => `${file} has no test "${title}": ${requirement}`);
    });
    expect(wrong).toEqual([]);
  });

  test('refer to RFCs that have a table', () => {
    const headings = text.split('\n').filter((line) => line.startsWith('### '));
    const named = rows.flatMap((row) => [...(cells(row).at(-1) ?? '').matchAll(/(?:see|and) (RFC \d+)/g)].map(([, rfc]) => String(rfc)));
    for (const rfc of named) expect([rfc, headings.some((heading) => heading.includes(rfc))]).toEqual([rfc, true]);
  });
});
