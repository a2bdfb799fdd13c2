import type { z } from 'zod';
import type { RunLine } from '#libs/executions';
import { configurationWarnings, ENTITY_KINDS, type Configuration } from '#libs/oauth';
import type { AdminServices } from './admin-services.ts';
import type { overviewAnswer } from './execution-answers.ts';
import { secretId } from './views.ts';

const HOUR = 3600;
/** Seconds before the end of a secret from which on somebody should know. */
const SOON = 30 * 86_400;
/** Shown of each list. */
const MOST = 50;

type Overview = z.output<typeof overviewAnswer>;

/** How everything is, on one page: of this node, from its memory, so that it may be asked for every few seconds. */
export async function overviewOf(services: AdminServices): Promise<Overview> {
  const { configuration: live, executions, sandbox, version, ready, clock } = services;
  const { current } = live;
  const to = Math.floor(clock() / 60 + 1) * 60;
  const { runs, requests } = await executions.statistics({ from: to - HOUR, to, step: 60 });
  const asked = requests.flatMap(({ points }) => points);
  const ran = runs.flatMap(({ points }) => points);
  return {
    node: executions.nodes.join(', '),
    version,
    revision: current.revision,
    ...ready(),
    uptimeSeconds: Math.floor(process.uptime()),
    entities: Object.fromEntries(ENTITY_KINDS.map((kind) => [kind, current.count(kind)])),
    sandbox: { ...sandbox.status() },
    lastHour: {
      requests: sum(asked, ({ requests: count }) => count),
      serverErrors: sum(asked, ({ statuses }) => statuses['5xx'] ?? 0),
      runs: sum(ran, ({ runs: count }) => count),
      failures: sum(ran, ({ failures }) => failures),
    },
    failing: await failing(services, runs),
    expiringSecrets: expiringSecrets(current, clock()),
    oldestKeys: oldestKeys(current),
    warnings: configurationWarnings(current).map(({ kind, key, message }) => ({ kind, key, message })),
  };
}

async function failing({ executions }: AdminServices, lines: readonly RunLine[]): Promise<Overview['failing']> {
  const found: Overview['failing'] = [];
  for (const { profile, endpoint, flow, procedure, version, points } of lines) {
    const failures = sum(points, (point) => point.failures);
    if (failures === 0 || profile === null || endpoint === null || flow === null || procedure === null || version === null) continue;
    const { items } = await executions.list({ profile, endpoint, flow, procedure, version, outcome: 'failed' }, 1, null);
    const [last] = items;
    found.push({
      ...{ profile, endpoint, flow, procedure, version, failures },
      runs: sum(points, (point) => point.runs),
      lastFailure:
        last === undefined ? null : { id: last.id, at: last.at, outcome: last.outcome, message: last.fault?.message ?? last.why },
    });
  }
  return found.sort((a, b) => b.failures - a.failures).slice(0, MOST);
}

function expiringSecrets(configuration: Configuration, now: number): Overview['expiringSecrets'] {
  const found: Overview['expiringSecrets'] = [];
  for (const { profile, id, enabled, secrets } of configuration.all('client'))
    for (const secret of enabled ? secrets : [])
      if (secret.expiresAt !== null && secret.expiresAt < now + SOON)
        found.push({ profile, client: id, secret: secretId(secret), expiresAt: secret.expiresAt });
  return found.sort((a, b) => a.expiresAt - b.expiresAt).slice(0, MOST);
}

function oldestKeys(configuration: Configuration): Overview['oldestKeys'] {
  const found: Overview['oldestKeys'] = [];
  for (const { profile, kid, algorithm, state, activatedAt } of configuration.all('signing-key'))
    if (state === 'active') found.push({ profile, kid, algorithm, activatedAt });
  return found.sort((a, b) => (a.activatedAt ?? 0) - (b.activatedAt ?? 0)).slice(0, MOST);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
