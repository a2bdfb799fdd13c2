import { Link } from 'react-router';
import { useEntity } from '../../api/entity.ts';
import { useList } from '../../api/list.ts';
import type { DynamicClient, Profile } from '../../api/shapes.ts';
import { FilterSelect } from '../../components/filter-select.tsx';
import { useFilters } from '../../components/filters.ts';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { EmptyState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { nameOfRegistered } from './metadata.ts';
import { useRegistrationsOf } from './registration-resource.ts';
import { RegistrationsHeader } from './registrations-header.tsx';

const COLUMNS: readonly Column<DynamicClient>[] = [
  {
    title: 'Client',
    cell: (client) => (
      <>
        <Link to={encodeURIComponent(client.id)}>{nameOfRegistered(client)}</Link>
        {nameOfRegistered(client) !== client.id && <code className="beneath">{client.id}</code>}
      </>
    ),
  },
  { title: 'Template', cell: ({ template }) => template },
  { title: 'Registered by', cell: ({ registeredBy }) => registeredBy, wideOnly: true },
  { title: 'Registered', cell: ({ createdAt }) => <Time at={createdAt} brief /> },
  {
    title: 'Until',
    cell: ({ expiresAt }) => (expiresAt === null ? <span className="muted">deleted</span> : <Time at={expiresAt} brief />),
    wideOnly: true,
  },
];

export function RegisteredClientsList() {
  const { profile, of, clients } = useRegistrationsOf();
  const [{ template }, set] = useFilters('template');
  const list = useList<DynamicClient>(clients, { template });
  const known = Object.keys(useEntity<Profile>(of).data?.data.registrationTemplates ?? {});
  // A template that is gone may have clients all the same.
  const templates = template === '' || known.includes(template) ? known : [...known, template];
  return (
    <>
      <RegistrationsHeader title="Registered clients" />
      {templates.length > 0 && (
        <div className="toolbar">
          <FilterSelect
            label="Template"
            value={template}
            options={[['', 'Any template'], ...templates.map((name) => [name, name] as const)]}
            onChange={set('template')}
          />
        </div>
      )}
      <ListTable
        list={list}
        caption={`Registered clients of ${profile}`}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          template === '' ? (
            <EmptyState title="No client has registered itself yet">
              They can where the profile has a registration template and an endpoint of the kind oauth-dynamic-client-registration.
            </EmptyState>
          ) : (
            <EmptyState title="No client matches">None was made by the template “{template}”.</EmptyState>
          )
        }
      />
    </>
  );
}
