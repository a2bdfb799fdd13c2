import { describe } from '#libs/configuration';
import type { EntityKind } from '#libs/oauth';
import { moment, table } from '../terminal.ts';

/** How the service is, as the admin API answers it. */
export interface Status {
  readonly version: string;
  readonly revision: number;
  readonly baseUrl?: string;
  readonly ready?: boolean;
  readonly reason?: string;
  readonly database?: string;
  readonly entities?: Readonly<Record<string, number>>;
  readonly sandbox?: {
    readonly ready: boolean;
    readonly isolation?: { readonly level: string; readonly missing: readonly string[] };
    readonly counts?: Readonly<Record<string, number>>;
    readonly quarantined?: readonly { readonly program: string; readonly until: number; readonly reason: string }[];
  };
  readonly faults?: readonly Readonly<Record<string, unknown>>[];
}

interface Distribution {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** How much was asked and ran. */
export interface Statistics {
  /** Seconds since 1970. */
  readonly from: number;
  readonly requests: readonly {
    readonly profile: string | null;
    readonly endpoint: string | null;
    readonly flow: string | null;
    readonly total: {
      readonly requests: number;
      readonly statuses: Readonly<Record<string, number>>;
      readonly milliseconds: Distribution | null;
    };
  }[];
  readonly runs: readonly {
    readonly profile: string | null;
    readonly endpoint: string | null;
    readonly flow: string | null;
    readonly procedure: string | null;
    readonly version: number | null;
    readonly total: { readonly runs: number; readonly failures: number; readonly milliseconds: Distribution | null };
  }[];
}

/** What somebody should look at. */
export interface Attention {
  readonly expiringSecrets: readonly { readonly profile: string; readonly client: string; readonly expiresAt: number }[];
  readonly warnings: readonly { readonly kind: EntityKind; readonly key: string; readonly message: string }[];
}

/** A number of things: `2 token issuers`, `1 library`. */
function counted(count: number, kind: string): string {
  const one = kind.replaceAll('-', ' ');
  return `${count} ${count === 1 ? one : /[^aeiou]y$/.test(one) ? `${one.slice(0, -1)}ies` : `${one}s`}`;
}

/** How the service is and what somebody should look at, in lines for people. */
export function statusInWords(status: Status, { expiringSecrets, warnings }: Attention): string {
  const { version, revision, baseUrl, ready, reason, database, entities = {}, sandbox, faults = [] } = status;
  const rows = [
    ['version', version],
    ['ready', ready === false ? `no: ${reason ?? 'not yet'}` : 'yes'],
    [
      'configuration',
      `revision ${revision}: ${
        Object.entries(entities)
          .filter(([, count]) => count > 0)
          .map(([kind, count]) => counted(count, kind))
          .join(', ') || 'empty'
      }`,
    ],
    ...(baseUrl === undefined ? [] : [['base URL', baseUrl]]),
    ...(database === undefined ? [] : [['database', database]]),
  ];
  if (sandbox !== undefined) {
    const { isolation, counts = {}, quarantined = [] } = sandbox;
    rows.push(['sandbox', `${sandbox.ready ? 'ready' : 'not ready'}${isolation === undefined ? '' : `, isolation ${isolation.level}`}`]);
    rows.push([
      'sandbox counts',
      Object.entries(counts)
        .filter(([, count]) => count > 0)
        .map(([name, count]) => `${name} ${count}`)
        .join(', ') || 'none yet',
    ]);
    for (const { program, until, reason: why } of quarantined)
      rows.push(['quarantined', `${program} until ${moment(Math.floor(until / 1000))}: ${why}`]);
  }
  for (const fault of faults.slice(0, 5))
    rows.push(['fault', `${String(fault['procedure'])}@${String(fault['version'])} ${String(fault['kind'])}: ${String(fault['message'])}`]);
  for (const { profile, client, expiresAt } of expiringSecrets)
    rows.push(['secret ends', `of client ${client} of ${profile}: ${moment(expiresAt)}`]);
  for (const { kind, key, message } of warnings) rows.push(['warning', `${describe(kind, key)}: ${message}`]);
  return table(['', ''], rows).slice(1);
}

/** What was asked and what ran, busiest first, as tables. */
export function statisticsInWords({ from, requests, runs }: Statistics): string {
  const since = `since ${moment(from)}, on the node that answers`;
  if (requests.length === 0 && runs.length === 0) return `\nNothing was asked ${since}.\n`;
  const asked = requests
    .toSorted((a, b) => b.total.requests - a.total.requests)
    .map(({ profile, endpoint, flow, total: { requests: count, statuses, milliseconds } }) => [
      ...[placed(profile, endpoint), flow ?? '-', String(count), String(statuses['4xx'] ?? 0), String(statuses['5xx'] ?? 0)],
      ...latency(milliseconds),
    ]);
  const ran = runs
    .toSorted((a, b) => b.total.runs - a.total.runs)
    .map(({ profile, endpoint, flow, procedure, version, total: { runs: count, failures, milliseconds } }) => [
      ...[procedure === null ? 'others' : `${procedure}@${version ?? '-'}`, flow ?? '-', placed(profile, endpoint)],
      ...[String(count), String(failures), ...latency(milliseconds)],
    ]);
  return [
    ...['\nRequests ', since, ':\n', table(['ENDPOINT', 'FLOW', 'REQUESTS', '4XX', '5XX', ...LATENCY], asked)],
    ...['\nRuns of procedures ', since, ':\n', table(['PROCEDURE', 'FLOW', 'ENDPOINT', 'RUNS', 'FAILED', ...LATENCY], ran)],
  ].join('');
}

const LATENCY = ['MEAN MS', 'P50', 'P95', 'P99'];

function latency(distribution: Distribution | null): readonly string[] {
  if (distribution === null) return LATENCY.map(() => '-');
  const { mean, p50, p95, p99 } = distribution;
  return [mean, p50, p95, p99].map((milliseconds) => milliseconds.toFixed(1));
}

function placed(profile: string | null, endpoint: string | null): string {
  return endpoint === null ? 'others' : `${profile ?? '-'}/${endpoint}`;
}
