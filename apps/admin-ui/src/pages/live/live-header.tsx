import type { ReactNode } from 'react';
import { PageHeader } from '../../components/page-header.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { liveAddress, useLiveFilter } from './filter.ts';

/** Of both parts of the page; a filter stays when one goes to the other. */
export function LiveHeader({ aside }: { readonly aside?: ReactNode }) {
  const { filter } = useLiveFilter();
  return (
    <>
      <PageHeader
        title="Live"
        aside={aside}
        description="What runs on the node that answers: which version ran and why, what it logged, and where it failed."
      />
      <Tabs
        label="Parts of the page"
        tabs={[
          { to: liveAddress(filter), label: 'Executions', end: true },
          { to: liveAddress(filter, 'charts'), label: 'Charts' },
        ]}
      />
    </>
  );
}
