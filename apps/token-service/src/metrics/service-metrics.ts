import type { Registry } from 'prom-client';
import type { ServiceCounts } from '#libs/oauth';
import { addCounter } from './read-counter.ts';

/** What clients, gateways and people have asked for, and what was wrong with it. */
export function addServiceMetrics(registry: Registry, counts: ServiceCounts): void {
  addCounter(registry, {
    name: 'tokenwright_requests_total',
    help: 'Requests answered, by profile, kind of endpoint and HTTP status.',
    labelNames: ['profile', 'endpoint', 'status'],
    read: () => counts.requests,
  });
  addCounter(registry, {
    name: 'tokenwright_client_authentication_failures_total',
    help: 'Client authentications that failed; client is empty for ids that no client has.',
    labelNames: ['profile', 'endpoint', 'client', 'reason'],
    read: () => counts.failedAuthentications,
  });
  addCounter(registry, {
    name: 'tokenwright_unknown_tokens_total',
    help: 'Tokens presented that nobody knows, by the client that presented them; client is empty where nobody authenticates.',
    labelNames: ['profile', 'endpoint', 'client', 'reason'],
    read: () => counts.unknownTokens,
  });
  addCounter(registry, {
    name: 'tokenwright_sign_in_failures_total',
    help: 'Passwords of people that opened nothing.',
    labelNames: ['profile', 'reason'],
    read: () => counts.failedSignIns,
  });
  addCounter(registry, {
    name: 'tokenwright_refusals_total',
    help: 'Requests refused with 503, or 429, because their sender does the same too often, by what refused them.',
    labelNames: ['profile', 'brake'],
    read: () => counts.refusals,
  });
}
