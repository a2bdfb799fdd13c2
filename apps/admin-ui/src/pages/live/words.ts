import type { Execution } from '../../api/shapes.ts';

type Outcome = Execution['outcome'];

/** How executions end, for people: what it is called, and how it is marked. */
export const OUTCOMES: Readonly<Record<Outcome, readonly [label: string, kind: 'ok' | 'neutral' | 'warning' | 'danger']>> = {
  returned: ['returned', 'ok'],
  rejected: ['rejected', 'warning'],
  timeout: ['timeout', 'danger'],
  memory: ['out of memory', 'danger'],
  syntax: ['syntax error', 'danger'],
  runtime: ['runtime error', 'danger'],
  nondeterministic: ['not deterministic', 'danger'],
  'invalid-response': ['invalid response', 'danger'],
  unavailable: ['could not run', 'danger'],
  refused: ['request refused', 'warning'],
  slowed: ['sender held back', 'warning'],
  'failed-closed': ['failed closed', 'danger'],
};

/** Why a version answers. */
export const CHOICES: Readonly<Record<NonNullable<Execution['choice']>, string>> = {
  active: 'active version',
  pinned: 'pinned by the binding',
  default: 'shipped default',
};

export const OUTCOME_OPTIONS: readonly (readonly [value: string, label: string])[] = [
  ['', 'Any outcome'],
  ['failed', 'Every failure'],
  ...Object.entries(OUTCOMES).map(([outcome, [label]]) => [outcome, capital(label)] as const),
];

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });

/** To the millisecond. @param at seconds since 1970 */
export function timeOfDay(at: number): string {
  return TIME.format(at * 1000);
}

const FEW = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

export function milliseconds(value: number): string {
  return `${FEW.format(value)} ms`;
}

export function bytes(value: number): string {
  return value < 1_048_576 ? `${FEW.format(value / 1024)} KiB` : `${FEW.format(value / 1_048_576)} MiB`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
