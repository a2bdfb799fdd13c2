import { createSearchParams, useSearchParams } from 'react-router';
import { useFilters } from '../../components/filters.ts';

/** What executions are filtered by; the same names as in the admin API. */
export const FILTERS = ['profile', 'procedure', 'version', 'client', 'endpoint', 'flow', 'outcome'] as const;
export type LiveFilter = Readonly<Record<(typeof FILTERS)[number], string>>;

/** The filter in the address, what sets one member, and what sets several at once and forgets the others. */
export function useLiveFilter() {
  const [filter, set] = useFilters(...FILTERS);
  const [, setParameters] = useSearchParams();
  return { filter, set, only: (members: Partial<LiveFilter>) => setParameters(parametersOf(members)) };
}

/** The address of the page, filtered. */
export function liveAddress(members: Partial<LiveFilter>, part: '' | 'charts' = ''): string {
  const parameters = parametersOf(members).toString();
  return `${part === '' ? '/live' : `/live/${part}`}${parameters === '' ? '' : `?${parameters}`}`;
}

function parametersOf(members: Partial<LiveFilter>): URLSearchParams {
  return createSearchParams(Object.entries(members).filter(([, value]) => value !== ''));
}
