import type { ReactNode } from 'react';
import { FilterField } from '../../components/filter-field.tsx';
import { FilterSelect } from '../../components/filter-select.tsx';
import { useFlows } from '../../scripts/script-data.ts';
import { useProfiles } from '../../shell/profiles.ts';
import { useLiveFilter } from './filter.ts';
import { OUTCOME_OPTIONS } from './words.ts';

/** Which executions are shown; charts know nothing of clients, and have outcomes in them. */
export function LiveFilters({ forCharts = false, children }: { readonly forCharts?: boolean; readonly children?: ReactNode }) {
  const { filter, set } = useLiveFilter();
  const { profile, procedure, version, client, endpoint, flow, outcome } = filter;
  const profiles = (useProfiles().data ?? []).map(({ id }) => id);
  const flows = (useFlows().data ?? []).map(({ id }) => id);
  return (
    <div className="toolbar live-filters">
      <FilterField label="Procedure: exact id" value={procedure} onChange={set('procedure')} />
      <FilterField label="Version: number" value={version} onChange={set('version')} />
      {!forCharts && <FilterField label="Client: exact id" value={client} onChange={set('client')} />}
      <FilterField label="Endpoint: exact id" value={endpoint} onChange={set('endpoint')} />
      {!forCharts && <FilterSelect label="Outcome" value={outcome} options={OUTCOME_OPTIONS} onChange={set('outcome')} />}
      <FilterSelect label="Flow" value={flow} options={optionsOf('Any flow', flows, flow)} onChange={set('flow')} />
      <FilterSelect label="Profile" value={profile} options={optionsOf('Any profile', profiles, profile)} onChange={set('profile')} />
      {children}
    </div>
  );
}

/** With the one in the address, though it may not be known (any more). */
function optionsOf(any: string, ids: readonly string[], chosen: string): readonly (readonly [string, string])[] {
  const all = chosen === '' || ids.includes(chosen) ? ids : [...ids, chosen];
  return [['', any], ...all.map((id) => [id, id] as const)];
}
