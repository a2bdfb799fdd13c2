import { lazy, type ComponentType } from 'react';
import type { IconName } from '../shell/icon.tsx';

interface Entry {
  /** Of its folder, whose `page.tsx` has the page as its default export. */
  readonly name: string;
  /** With `:profile` for what each profile has of its own. */
  readonly path: string;
  readonly label: string;
  readonly icon: IconName;
}

/** In the order of the navigation. An entry whose folder has no `page.tsx` is not shown. */
const ENTRIES: readonly Entry[] = [
  { name: 'overview', path: '/', label: 'Overview', icon: 'overview' },
  { name: 'live', path: '/live', label: 'Live', icon: 'live' },
  { name: 'procedures', path: '/procedures', label: 'Procedures', icon: 'procedures' },
  { name: 'libraries', path: '/libraries', label: 'Libraries', icon: 'libraries' },
  { name: 'endpoints', path: '/profiles/:profile/endpoints', label: 'Endpoints', icon: 'endpoints' },
  { name: 'clients', path: '/profiles/:profile/clients', label: 'Clients', icon: 'clients' },
  { name: 'issuers', path: '/profiles/:profile/issuers', label: 'Token issuers & keys', icon: 'keys' },
  { name: 'delegations', path: '/profiles/:profile/delegations', label: 'Delegations & tokens', icon: 'tokens' },
  { name: 'accounts', path: '/profiles/:profile/accounts', label: 'Accounts', icon: 'accounts' },
  { name: 'proposals', path: '/proposals', label: 'Proposals', icon: 'proposals' },
  { name: 'audit', path: '/audit', label: 'Audit trail', icon: 'audit' },
  { name: 'configuration', path: '/configuration', label: 'Configuration', icon: 'configuration' },
  { name: 'administrators', path: '/administrators', label: 'Administrators', icon: 'administrators' },
];

const MODULES = import.meta.glob<{ readonly default: ComponentType }>('./*/page.tsx');

export interface Page extends Entry {
  readonly Page: ComponentType;
}

/** The pages that there are, each a chunk of its own that is loaded when it is first shown. */
export const PAGES: readonly Page[] = ENTRIES.flatMap((entry) => {
  const load = MODULES[`./${entry.name}/page.tsx`];
  return load === undefined ? [] : [{ ...entry, Page: lazy(load) }];
});
