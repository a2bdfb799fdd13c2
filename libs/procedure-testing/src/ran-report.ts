import type { DryRunReport, Fault, FlowId, Position } from '#libs/oauth';
import type { ObservedSandbox } from './observed-sandbox.ts';
import type { ProcedureFile } from './procedure-file.ts';
import type { Ran, RanFault, RanPosition } from './ran.ts';

/** What is known of a procedure that was not run, for it does not pass the upload check. */
export const NOT_RUN: DryRunReport = {
  outcome: 'refused',
  answer: { status: 500, headers: {}, body: '' },
  fault: null,
  findings: [],
  issued: [],
  effects: [],
  log: [],
  calls: [],
  usage: null,
  context: null,
  muted: [],
};

/**
 * What a test sees of a dry run, with positions in the files as written.
 *
 * @param file what positions are in that name no library
 * @param libraries files by the names of libraries
 */
export function ranOf(
  procedure: ProcedureFile,
  flow: FlowId,
  ended: DryRunReport,
  hostCalls: Ran['hostCalls'],
  file: string,
  libraries: ReadonlyMap<string, string> = new Map(),
): Ran {
  const { answer, effects, outcome } = ended;
  const body = bodyOf(answer);
  const denied = outcome === 'rejected' ? (body as { readonly error: string; readonly error_description?: string }) : null;
  const located = (position: Position): RanPosition => ({
    file: position.library === undefined ? file : (libraries.get(position.library) ?? file),
    line: position.line,
    column: position.column,
  });
  return {
    outcome,
    procedure: procedure.path,
    flow,
    response: { status: answer.status, headers: answer.headers, body, text: answer.body },
    tokens: effects.flatMap(tokenOf),
    jwts: ended.issued,
    delegations: effects.filter(({ kind }) => kind === 'delegation').map(({ detail }) => detail as Record<string, unknown>),
    effects,
    log: ended.log,
    denial: denied === null ? null : { status: answer.status, error: denied.error, description: denied.error_description ?? null },
    fault: ended.fault === null ? null : faultOf(ended.fault, located),
    findings: ended.findings.map(({ code, message, line, column = 1, library }) => ({
      code,
      message,
      ...(line === undefined ? {} : located({ line, column, ...(library === undefined ? {} : { library }) })),
    })),
    hostCalls,
  };
}

function faultOf(fault: Fault, located: (position: Position) => RanPosition): RanFault {
  const { kind, message, line, column = 1, library } = fault;
  const place = line === undefined ? {} : located({ line, column, ...(library === undefined ? {} : { library }) });
  return { kind, message, ...place, stack: fault.stack.map(located) };
}

function tokenOf({ kind, detail }: DryRunReport['effects'][number]): Ran['tokens'] {
  const [form = '', purpose] = kind.split(' ');
  return purpose === undefined ? [] : [{ form, purpose, data: detail as Record<string, unknown> }];
}

function bodyOf({ headers, body }: DryRunReport['answer']): unknown {
  if (body === '') return null;
  return headers['content-type']?.includes('json') === true ? (JSON.parse(body) as unknown) : body;
}

/** A host call as tests see it: its texts parsed where they are JSON. */
export function seenCall(
  { call, answer }: ObservedSandbox['calls'][number],
  traced: DryRunReport['calls'][number] | undefined,
): Ran['hostCalls'][number] {
  return {
    kind: call.kind,
    target: traced?.target ?? '',
    outcome: traced?.outcome ?? 'unanswered',
    args: parsed(call.args),
    answer: 'ok' in answer ? parsed(answer.ok) : answer,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
