import type { DryRunReport } from '../../../api/script-types.ts';
import { jsonOf } from './jwts.ts';

/** How much must hold of what came: its very value, that there is one of its kind, or nothing. */
export type Hold = 'value' | 'kind' | 'nothing';

/** A part of what came of a run that a sample may expect. */
export interface Pick {
  readonly part: 'outcome' | 'status' | 'error' | 'fault' | 'response' | 'claims' | 'headers' | 'log';
  /** Of the member, where the part has several. */
  readonly name: string;
  readonly value: unknown;
  readonly hold: Hold;
}

/** Members that are other ones in each run, whatever the procedure does. */
const FLEETING = new Set(['jti', 'iat', 'nbf', 'exp', 'auth_time', 'iss']);
/** Opaque tokens, JWTs, and what else nobody would choose. */
const RANDOM = /^(?:tw[a-z]{1,8}_|eyJ)[\w.-]{20,}|^[\w-]{40,}$/;

/** What came, with what one most likely wants to hold. */
export function picksOf({ outcome, answer, issued, fault, log }: DryRunReport): readonly Pick[] {
  if (outcome === 'fault')
    return [{ part: 'fault', name: '', value: fault?.message ?? '', hold: 'value' }, ...log.map((line) => lineOf(line.message, 'nothing'))];
  const body = jsonOf(answer.body);
  const members = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  const error: unknown = members.find(([name]) => name === 'error')?.[1];
  return [
    ...(outcome === 'rejected' && typeof error === 'string' ? [{ part: 'error', name: '', value: error, hold: 'value' } as const] : []),
    ...(outcome === 'rejected' && typeof error !== 'string' ? [{ part: 'outcome', name: '', value: outcome, hold: 'value' } as const] : []),
    { part: 'status', name: '', value: answer.status, hold: 'value' },
    ...(outcome === 'rejected' ? [] : members.map(([name, value]) => pickOf('response', name, value))),
    ...Object.entries(issued[0]?.claims ?? {}).map(([name, value]) => pickOf('claims', name, value)),
    ...Object.entries(answer.headers).map(([name, value]) => ({ part: 'headers', name, value, hold: 'nothing' }) as const),
    ...log.map(({ message }) => lineOf(message, 'nothing')),
  ];
}

/** What must hold as the service takes it. */
export function expectationOf(picks: readonly Pick[]): Record<string, unknown> {
  const expect: Record<string, unknown> = {};
  for (const { part, name, value, hold } of picks) {
    if (hold === 'nothing') continue;
    const wish = hold === 'kind' ? kindOf(value) : value;
    if (part === 'log') expect['log'] = [...((expect['log'] as unknown[] | undefined) ?? []), wish];
    else if (name === '') expect[part] = wish;
    else expect[part] = { ...(expect[part] as object | undefined), [name]: wish };
  }
  return expect;
}

/** The same choices of what came of another run. */
export function renewed(picks: readonly Pick[], report: DryRunReport): readonly Pick[] {
  const chosen = new Map(picks.map(({ part, name, hold }) => [`${part} ${name}`, hold]));
  return picksOf(report).map((pick) => {
    const hold = pick.part === 'log' ? undefined : chosen.get(`${pick.part} ${pick.name}`);
    return hold === undefined ? pick : { ...pick, hold };
  });
}

/** What stands for all values of a kind. */
function kindOf(value: unknown): unknown {
  return value === null ? null : { $any: typeof value };
}

function pickOf(part: 'response' | 'claims', name: string, value: unknown): Pick {
  const isFleeting = FLEETING.has(name) || (typeof value === 'string' && RANDOM.test(value));
  return { part, name, value, hold: isFleeting && value !== null ? 'kind' : 'value' };
}

function lineOf(message: string, hold: Hold): Pick {
  return { part: 'log', name: '', value: message, hold };
}
