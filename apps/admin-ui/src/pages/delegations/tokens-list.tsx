import { useList } from '../../api/list.ts';
import type { Token } from '../../api/shapes.ts';
import { FilterField } from '../../components/filter-field.tsx';
import { FilterSelect } from '../../components/filter-select.tsx';
import { useFilters } from '../../components/filters.ts';
import { EmptyState } from '../../components/states.tsx';
import { useProfileResources } from './delegation-resource.ts';
import { DelegationsHeader } from './delegations-header.tsx';
import { TokensTable } from './tokens-table.tsx';

const STATES = [
  ['', 'Any state'],
  ['true', 'Active'],
] as const;

export function TokensList() {
  const { profile, tokens } = useProfileResources();
  const [{ subject, client: clientId, active }, set] = useFilters('subject', 'client', 'active');
  const list = useList<Token>(tokens, { subject, clientId, active });
  return (
    <>
      <DelegationsHeader title="Tokens" />
      <div className="toolbar">
        <FilterField label="Exact subject" value={subject} onChange={set('subject')} />
        <FilterField label="Exact client id" value={clientId} onChange={set('client')} />
        <FilterSelect label="State" value={active} options={STATES} onChange={set('active')} />
      </div>
      <TokensTable
        whose
        list={list}
        caption={`Tokens of ${profile}`}
        empty={<EmptyState title="No token matches">Of tokens the service keeps hashes; they are found by whose they are.</EmptyState>}
      />
    </>
  );
}
