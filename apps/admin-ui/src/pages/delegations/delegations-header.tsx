import type { ReactNode } from 'react';
import { PageHeader } from '../../components/page-header.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { useProfileResources } from './delegation-resource.ts';

/** Of the parts of the page that are beside each other. */
export function DelegationsHeader({ title, actions }: { readonly title: string; readonly actions?: ReactNode }) {
  const { profile, address } = useProfileResources();
  return (
    <>
      <PageHeader
        title={title}
        description={
          <>
            A delegation of <strong>{profile}</strong> is what a client was allowed for somebody. It ends with all its tokens.
          </>
        }
        actions={actions}
      />
      <Tabs
        label="Delegations and tokens"
        tabs={[
          { to: address, label: 'Delegations', end: true },
          { to: `${address}/+tokens`, label: 'Tokens' },
          { to: `${address}/+lookup`, label: 'What is this token?' },
        ]}
      />
    </>
  );
}
