import { harmless } from './terminal.ts';

/** An execution as the admin API shows it. */
export interface ShownExecution {
  readonly id: string;
  readonly at: number;
  readonly profile: string;
  readonly endpoint: string;
  readonly flow: string | null;
  readonly procedure: string | null;
  readonly version: number | null;
  readonly why: string;
  readonly client: string | null;
  readonly requestId: string | null;
  readonly outcome: string;
  readonly refusal: { readonly status: number; readonly code: string | null; readonly description: string | null } | null;
  readonly fault: {
    readonly message: string;
    readonly line?: number;
    readonly column?: number;
    readonly library?: string;
    readonly excerpt: readonly string[];
  } | null;
  readonly log: readonly { readonly level: string; readonly message: string }[];
  readonly calls: readonly { readonly kind: string; readonly target: string; readonly milliseconds: number; readonly outcome: string }[];
  readonly milliseconds: number;
  readonly usage: { readonly cpuMilliseconds: number; readonly heapBytes: number } | null;
}

type Style = 'red' | 'yellow' | 'green' | 'dim' | 'bold';
const CODES: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };

const LEVELS: Readonly<Record<string, Style>> = { error: 'red', warn: 'yellow', debug: 'dim', trace: 'dim' };

/** An execution in lines for people. What others have written is made harmless first. @param isColoured whether a terminal shows it */
export function executionText(execution: ShownExecution, isColoured: boolean): string {
  const styled = (style: Style, text: string) => (isColoured ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text);
  const clean = (text: string) => harmless(text).replaceAll('\n', '\n    ');
  const { procedure, version, outcome, usage, fault, refusal, requestId } = execution;
  const time = new Date(execution.at * 1000).toISOString().slice(11, 23);
  const style: Style = outcome === 'returned' ? 'green' : ['rejected', 'refused', 'slowed'].includes(outcome) ? 'yellow' : 'red';
  const measured =
    usage === null ? '' : `, ${usage.cpuMilliseconds.toFixed(1)} ms processor, ${Math.round(usage.heapBytes / 1024)} KB heap`;
  const head = [
    styled('dim', time),
    styled(style, outcome),
    styled('bold', procedure === null ? '-' : `${clean(procedure)}@${version ?? '-'}`),
    clean(execution.flow ?? '-'),
    clean(`${execution.profile}/${execution.endpoint}`),
    ...(execution.client === null ? [] : [`client ${clean(execution.client)}`]),
    ...(requestId === null ? [] : [`request ${clean(requestId)}`]),
    styled('dim', `${execution.milliseconds.toFixed(1)} ms${measured}`),
  ].join(' ');
  const lines = [head];
  if (outcome !== 'returned') lines.push(`    ${styled('dim', clean(execution.why))}`);
  if (refusal !== null) lines.push(`    ${refusal.status} ${clean(refusal.code ?? '')}: ${clean(refusal.description ?? '')}`);
  if (fault !== null) {
    const place = fault.line === undefined ? '' : ` at ${fault.library ?? procedure ?? ''}:${fault.line}:${fault.column ?? 1}`;
    lines.push(`    ${styled('red', clean(`${fault.message}${place}`))}`, ...fault.excerpt.map((line) => clean(line)));
  }
  for (const { level, message } of execution.log) {
    const levelStyle = LEVELS[level];
    const text = `    ${level.padEnd(5)} ${clean(message)}`;
    lines.push(levelStyle === undefined ? text : styled(levelStyle, text));
  }
  for (const { kind, target, milliseconds, outcome: answer } of execution.calls)
    lines.push(styled('dim', `    called ${clean(kind)} ${clean(target)}: ${clean(answer)}, ${milliseconds} ms`));
  return `${lines.join('\n')}\n`;
}
