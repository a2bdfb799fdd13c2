import { placed, pointedOut, whereabouts, type Finding, type NamedText } from './scripts.ts';

type Place = Omit<Finding, 'message'>;

/** What a dry run answers. */
export interface Report {
  readonly outcome: 'answered' | 'rejected' | 'fault' | 'refused';
  readonly answer: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };
  readonly fault: (Finding & { readonly kind: string; readonly stack?: readonly Place[]; readonly excerpt?: readonly string[] }) | null;
  readonly findings: readonly Finding[];
  readonly issued: readonly { readonly claims: unknown }[];
  readonly effects: readonly { readonly kind: string; readonly detail: unknown }[];
  readonly log: readonly { readonly level: string; readonly message: string }[];
  readonly calls?: readonly { readonly kind: string; readonly target: string; readonly outcome: string }[];
  readonly context?: {
    readonly profile: string;
    readonly endpoint: string;
    readonly client: { readonly id: string; readonly isSample: boolean };
    readonly account: { readonly username: string } | null;
    readonly token: { readonly status: string; readonly purpose: string | null; readonly clientId: string | null } | null;
  } | null;
  readonly muted?: readonly { readonly kind: string; readonly what: string }[];
  readonly usage: { readonly wallMilliseconds: number; readonly heapBytes: number; readonly runs: number } | null;
}

/** A dry run in lines for people. @param what file or procedure @param source of the file */
export function reportInWords(
  what: string,
  source: NamedText | null,
  { outcome, answer, fault, findings, issued, effects, log, calls = [], context = null, muted = [], usage }: Report,
): string {
  const lines = [`${outcome}, status ${answer.status}`];
  if (context !== null) lines.push(triedIn(context));
  const said = (finding: Finding) => (source === null ? placed(what, finding) : pointedOut(source, finding));
  // Those of a procedure that ran are advice.
  const mark = outcome === 'refused' ? '' : ' (warning)';
  for (const finding of findings) lines.push(said({ ...finding, message: `${finding.message}${mark}` }));
  if (fault !== null) {
    lines.push(said({ ...fault, message: `${fault.kind}: ${fault.message}` }));
    // Of a file the line is shown already.
    if (source === null) lines.push(...(fault.excerpt ?? []));
    // The first is the place of the fault itself.
    for (const place of (fault.stack ?? []).slice(1)) lines.push(`    at ${whereabouts(what, place)}`);
  }
  for (const [name, value] of Object.entries(answer.headers)) lines.push(`${name}: ${value}`);
  if (answer.body !== '') lines.push('', answer.body, '');
  for (const { claims } of issued) lines.push(`issued ${JSON.stringify(claims)}`);
  for (const { kind, target, outcome } of calls) lines.push(`called ${[kind, target].filter((part) => part !== '').join(' ')}: ${outcome}`);
  for (const { kind, detail } of effects) lines.push(`effect ${kind} ${JSON.stringify(detail)}`);
  for (const { level, message } of log) lines.push(`log ${level} ${message}`);
  for (const { kind, what: thing } of muted) lines.push(`without effect: ${kind} ${thing}`);
  if (usage !== null)
    lines.push(
      `took ${usage.wallMilliseconds} ms, ${Math.round(usage.heapBytes / 1024)} KiB of heap, ${usage.runs} run${usage.runs === 1 ? '' : 's'}`,
    );
  return `${lines.join('\n')}\n`;
}

/** With whom it was tried: what is made up is called a sample. */
function triedIn({ profile, endpoint, client, account, token }: NonNullable<Report['context']>): string {
  const parts = [`${client.isSample ? 'the sample client' : 'client'} ${client.id}`];
  if (account !== null) parts.push(`account ${account.username}`);
  if (token !== null) parts.push(`${token.status} ${token.purpose ?? 'token'}${token.clientId === null ? '' : ` of ${token.clientId}`}`);
  return `tried at ${endpoint} of ${profile} with ${parts.join(', ')}`;
}
