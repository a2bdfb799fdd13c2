import type { ReactNode } from 'react';
import { PageHeader } from '../../components/page-header.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { useRegistrationsOf } from './registration-resource.ts';

/** Of the parts of the page that are beside each other. */
export function RegistrationsHeader({ title, actions }: { readonly title: string; readonly actions?: ReactNode }) {
  const { profile, address } = useRegistrationsOf();
  return (
    <>
      <PageHeader
        title={title}
        description={
          <>
            Applications that have made themselves clients of <strong>{profile}</strong>, within what a template allows, and the tokens by
            which others may.
          </>
        }
        actions={actions}
      />
      <Tabs
        label="Registered clients"
        tabs={[
          { to: address, label: 'Clients', end: true },
          { to: `${address}/+tokens`, label: 'Initial access tokens' },
        ]}
      />
    </>
  );
}
