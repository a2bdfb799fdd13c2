import type { ReactNode } from 'react';
import { PageHeader } from '../../components/page-header.tsx';
import { Tabs } from '../../components/tabs.tsx';
import './administrators.css';

/** Of the parts of the page that are beside each other. */
export function AdministratorsHeader({ title, actions }: { readonly title: string; readonly actions?: ReactNode }) {
  return (
    <>
      <PageHeader title={title} description="Who administers the service, and where they are signed in." actions={actions} />
      <Tabs
        label="Administrators"
        tabs={[
          { to: '/administrators', label: 'Administrators', end: true },
          { to: '/administrators/+sessions', label: 'Signed in now' },
          { to: '/administrators/+me', label: 'My session' },
        ]}
      />
    </>
  );
}
