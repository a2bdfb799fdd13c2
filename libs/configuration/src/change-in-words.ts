import type { EntityKind } from '#libs/oauth';
import type { PlannedChange } from './plan.ts';

/** An entity in words: `client "gateway_client" of "token-service"`. */
export function describe(kind: EntityKind, key: string): string {
  const [last = '', ...parents] = key.split('/').map(decodeURIComponent).reverse();
  return `${kind} "${last}"${parents.map((parent) => ` of "${parent}"`).join('')}`;
}

/** What becomes of an entity, in words, with what is lost beside it. */
export function describeChange({ action, kind, key }: Pick<PlannedChange, 'action' | 'kind' | 'key'>): string {
  const lost = action === 'delete' && kind === 'bucket' ? ' with all that procedures keep in it' : '';
  return `${action} ${describe(kind, key)}${lost}`;
}
