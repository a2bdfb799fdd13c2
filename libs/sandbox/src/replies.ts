import type { Fault, FaultKind, GuestEffect, LogLevel, LogLine, NotRun, Position } from '#libs/oauth';
import { FAULT_LETTERS } from './frames.ts';

const NO_EFFECTS: readonly GuestEffect[] = Object.freeze([]);
const NO_LOG: readonly LogLine[] = Object.freeze([]);
const NO_POSITIONS: readonly Position[] = Object.freeze([]);
const LEVELS: Readonly<Record<string, LogLevel>> = { t: 'trace', d: 'debug', i: 'info', w: 'warn', e: 'error' };

/** A run's reply, read. What a process sends is not trusted: anything else than these shapes reads as `failed`. */
export interface Sections {
  readonly first: string;
  readonly second: string;
  readonly rest: string;
}

/** Two sections and the rest of the text; null where there are fewer. */
export function sectionsOf(text: string): Sections | null {
  const one = text.indexOf('\u0001');
  const two = one < 0 ? -1 : text.indexOf('\u0001', one + 1);
  return two < 0 ? null : { first: text.slice(1, one), second: text.slice(one + 1, two), rest: text.slice(two + 1) };
}

export function effectsOf(section: string): readonly GuestEffect[] {
  return section === '' ? NO_EFFECTS : pairs(section).map(([kind, payload]) => ({ kind, payload }));
}

export function logOf(section: string): readonly LogLine[] {
  return section === '' ? NO_LOG : pairs(section).map(([level, message]) => ({ level: LEVELS[level] ?? 'info', message }));
}

function pairs(section: string): [string, string][] {
  return section.split('\u0002').map((pair) => {
    const middle = pair.indexOf('\u0003');
    return middle < 0 ? [pair, ''] : [pair.slice(0, middle), pair.slice(middle + 1)];
  });
}

/** `line:column,...`, innermost first; in a library with its place among those of the program, from 1. */
export function positionsOf(text: string, libraries: readonly { readonly name: string }[] = []): readonly Position[] {
  if (text === '') return NO_POSITIONS;
  const positions: Position[] = [];
  for (const place of text.split(',', 20)) {
    const [line, column, index] = place.split(':').map(Number);
    if (line === undefined || column === undefined || !Number.isSafeInteger(line) || !Number.isSafeInteger(column)) continue;
    const library = index === undefined ? undefined : libraries[index - 1]?.name;
    if (line <= 0 || column <= 0 || (index !== undefined && library === undefined)) continue;
    positions.push({ line, column, ...(library === undefined ? {} : { library }) });
  }
  return positions;
}

export function faultKindOf(letter: string): FaultKind {
  return (FAULT_LETTERS as Readonly<Record<string, FaultKind>>)[letter] ?? 'unavailable';
}

export function faultOf(
  about: { readonly procedure: string; readonly version: number },
  kind: FaultKind,
  message: string,
  stack: readonly Position[] = NO_POSITIONS,
  retryable?: boolean,
  notRun?: NotRun,
): Fault {
  const place = stack[0];
  return {
    kind,
    procedure: about.procedure,
    version: about.version,
    message: message.slice(0, 500),
    stack,
    ...place,
    ...(retryable === undefined ? {} : { retryable }),
    ...(notRun === undefined ? {} : { notRun }),
  };
}

export { NO_EFFECTS, NO_LOG };
