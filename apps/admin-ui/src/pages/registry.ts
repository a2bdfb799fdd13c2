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

interface Group<E> {
  /** What its pages have in common, as a heading in the navigation; null for none. */
  readonly title: string | null;
  readonly pages: readonly E[];
}

/** In the order of the navigation: groups of pages of the service, of a profile, and of the service again. An entry whose folder has no `page.tsx` is not shown. */
const ENTRIES: readonly Group<Entry>[] = [
  {
    title: null,
    pages: [
      { name: 'overview', path: '/', label: 'Overview', icon: 'overview' },
      { name: 'live', path: '/live', label: 'Live', icon: 'live' },
      { name: 'procedures', path: '/procedures', label: 'Procedures', icon: 'procedures' },
      { name: 'libraries', path: '/libraries', label: 'Libraries', icon: 'libraries' },
    ],
  },
  {
    title: null,
    pages: [
      { name: 'endpoints', path: '/profiles/:profile/endpoints', label: 'Endpoints', icon: 'endpoints' },
      { name: 'issuers', path: '/profiles/:profile/issuers', label: 'Token issuers & keys', icon: 'keys' },
      { name: 'settings', path: '/profiles/:profile/settings', label: 'Profile settings', icon: 'settings' },
    ],
  },
  {
    title: 'Clients and people',
    pages: [
      { name: 'clients', path: '/profiles/:profile/clients', label: 'Clients', icon: 'clients' },
      { name: 'registrations', path: '/profiles/:profile/registrations', label: 'Registered clients', icon: 'registrations' },
      { name: 'accounts', path: '/profiles/:profile/accounts', label: 'Accounts', icon: 'accounts' },
      { name: 'delegations', path: '/profiles/:profile/delegations', label: 'Delegations & tokens', icon: 'tokens' },
    ],
  },
  {
    title: 'For procedures',
    pages: [
      { name: 'http-clients', path: '/profiles/:profile/http-clients', label: 'HTTP clients', icon: 'outgoing' },
      { name: 'secrets', path: '/profiles/:profile/secrets', label: 'Secrets', icon: 'secrets' },
      { name: 'buckets', path: '/profiles/:profile/buckets', label: 'Buckets', icon: 'buckets' },
    ],
  },
  {
    title: 'The service',
    pages: [
      { name: 'profiles', path: '/profiles', label: 'Profiles', icon: 'profiles' },
      { name: 'proposals', path: '/proposals', label: 'Proposals', icon: 'proposals' },
      { name: 'audit', path: '/audit', label: 'Audit trail', icon: 'audit' },
      { name: 'configuration', path: '/configuration', label: 'Configuration', icon: 'configuration' },
      { name: 'administrators', path: '/administrators', label: 'Administrators', icon: 'administrators' },
    ],
  },
];

const MODULES = import.meta.glob<{ readonly default: ComponentType }>('./*/page.tsx');

export interface Page extends Entry {
  readonly Page: ComponentType;
}

/** The pages that there are in their groups, each page a chunk of its own that is loaded when it is first shown. */
export const GROUPS: readonly Group<Page>[] = ENTRIES.map(({ title, pages }) => ({
  title,
  pages: pages.flatMap((entry) => {
    const load = MODULES[`./${entry.name}/page.tsx`];
    return load === undefined ? [] : [{ ...entry, Page: lazy(load) }];
  }),
})).filter(({ pages }) => pages.length > 0);

export const PAGES: readonly Page[] = GROUPS.flatMap(({ pages }) => pages);
