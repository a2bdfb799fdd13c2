import type { DryRunReport, Muted } from './dry-run.ts';

/** Services that a dry run does not ask. */
const SERVICES: ReadonlySet<string> = new Set(['http', 'verify-jwt', 'cache-get', 'cache-set', 'bucket-get']);
/** Of `verify-jwt`: what takes no network is really verified. */
const KEYS_AT_HAND: ReadonlySet<string> = new Set(['own keys', 'given keySet']);

/** What a dry run has kept from having an effect, or from being asked. */
export function mutedOf({ issued, effects, calls }: Pick<DryRunReport, 'issued' | 'effects' | 'calls'>): readonly Muted[] {
  return [
    ...issued.map(({ header }): Muted => ({ kind: 'signature', what: typeof header['typ'] === 'string' ? header['typ'] : 'JWT' })),
    ...effects.map(({ kind }): Muted => ({ kind: 'store', what: kind })),
    ...calls.flatMap(({ kind, target }): Muted[] => {
      if (kind === 'secret') return [{ kind: 'secret', what: target }];
      if (!SERVICES.has(kind) || (kind === 'verify-jwt' && KEYS_AT_HAND.has(target))) return [];
      return [{ kind: 'call', what: `${kind} ${target}`.trim() }];
    }),
  ];
}
