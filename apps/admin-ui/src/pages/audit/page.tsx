import { useState } from 'react';
import { useList } from '../../api/list.ts';
import type { AuditEvent } from '../../api/shapes.ts';
import { Differences, differencesOf } from '../../components/changes.tsx';
import { nameOfKind } from '../../components/entity-names.ts';
import { FilterField } from '../../components/filter-field.tsx';
import { FilterSelect } from '../../components/filter-select.tsx';
import { useFilters } from '../../components/filters.ts';
import { Button } from '../../components/button.tsx';
import { KeyValues } from '../../components/key-values.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { DateTimeFilter, secondsOf } from './date-time-filter.tsx';
import { KINDS } from './kinds.ts';
import { Sentence } from './sentence.tsx';
import './audit.css';

const COLUMNS: readonly Column<AuditEvent>[] = [
  {
    title: 'What happened',
    cell: (event) => (
      <>
        <Sentence event={event} />
        <EventDetails event={event} />
      </>
    ),
  },
  { title: 'When', cell: ({ at }) => <Time at={at} /> },
];

/** Who did what, newest first. */
export default function AuditPage() {
  const [filters, set] = useFilters('actor', 'kind', 'action', 'key', 'since', 'until');
  const { actor, kind, action, key, since, until } = filters;
  const query = { actor, kind, action, key, since: secondsOf(since), until: secondsOf(until) };
  const list = useList<AuditEvent>('/audit', query, { cursorName: 'before' });
  const isFiltered = Object.values(filters).some((value) => value !== '');
  return (
    <>
      <PageHeader
        title="Audit trail"
        description="Who changed what and when, and what the service noticed. Nothing is ever taken out of it."
      />
      <div className="toolbar audit-filters">
        <FilterField label="Who: exact id" value={actor} onChange={set('actor')} />
        <FilterSelect
          label="Kind of thing"
          value={kind}
          options={KINDS.map((each) => [each, each === '' ? 'Anything' : nameOfKind(each)])}
          onChange={set('kind')}
        />
        <FilterField label="Exact action, as client.update" value={action} onChange={set('action')} />
        <FilterField label="Exact key, as shop/orders" value={key} onChange={set('key')} />
        <DateTimeFilter label="From" value={since} onChange={set('since')} />
        <DateTimeFilter label="Before" value={until} onChange={set('until')} />
      </div>
      <ListTable
        list={list}
        caption="Events, newest first"
        columns={COLUMNS}
        keyOf={({ id }) => String(id)}
        empty={
          isFiltered ? (
            <EmptyState title="No event matches">Who, action and key are compared to the letter.</EmptyState>
          ) : (
            <EmptyState title="Nothing has happened yet" />
          )
        }
      />
    </>
  );
}

/** Shown when asked for: what differs, or what the event says. */
function EventDetails({ event }: { readonly event: AuditEvent }) {
  const [open, setOpen] = useState(false);
  const { id, actor, action, kind, key, revision, before, after } = event;
  return (
    <div className="audit-details">
      <Button small kind="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? 'Hide details' : 'Details'} <span className="visually-hidden">of event {id}</span>
      </Button>
      {open && (
        <div className="stack">
          <KeyValues
            items={[
              ['Event', String(id)],
              ['Who', <code key="who">{actor}</code>],
              ['Action', <code key="action">{action}</code>],
              ['Kind', <code key="kind">{kind}</code>],
              ['Key', key === '' ? null : <code key="key">{key}</code>],
              ['Revision of the configuration', revision === null ? null : String(revision)],
            ]}
          />
          <Differences differences={differencesOf(before ?? undefined, after ?? undefined)} />
        </div>
      )}
    </div>
  );
}
