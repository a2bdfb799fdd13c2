import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../components/states.tsx';
import { signedOut, useMay } from '../../session/session.ts';
import { ConnectionState } from './connection-state.tsx';
import { EntryRow } from './entry-row.tsx';
import { ExecutionFeed, MOST_ENTRIES } from './execution-feed.ts';
import { useLiveFilter, type LiveFilter } from './filter.ts';
import { LiveFilters } from './live-filters.tsx';
import { LiveHeader } from './live-header.tsx';
import './live.css';

/** Executions as they happen, newest first. */
export function ExecutionsPage() {
  const { filter } = useLiveFilter();
  if (!useMay('author'))
    return (
      <>
        <LiveHeader />
        <Notice>
          What procedures log may be about people: executions are shown to administrators with the role “author” or “admin”. The charts are
          for everybody.
        </Notice>
      </>
    );
  // Another filter is another stream.
  return <Followed key={JSON.stringify(filter)} filter={filter} />;
}

function Followed({ filter }: { readonly filter: LiveFilter }) {
  const { only } = useLiveFilter();
  const feed = useFeed(filter);
  const { connection, entries, isPaused, waiting } = useSyncExternalStore(feed.subscribe, feed.view);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback(
    (key: string) => {
      setOpen((before) => {
        const after = new Set(before);
        if (!after.delete(key)) after.add(key);
        return after;
      });
      // What somebody reads must not move away.
      feed.pause();
    },
    [feed],
  );
  const isFiltered = Object.values(filter).some((value) => value !== '');
  return (
    <>
      <LiveHeader aside={<ConnectionState connection={connection} isPaused={isPaused} />} />
      <LiveFilters />
      <div className="row live-controls">
        <Button kind={isPaused ? 'primary' : 'secondary'} onClick={isPaused ? feed.resume : feed.pause}>
          {isPaused ? 'Resume' : 'Pause'}
        </Button>
        {isPaused && <span className="muted">{waitingWords(waiting)}</span>}
        {(connection.phase === 'reconnecting' || connection.phase === 'full') && <Button onClick={feed.retry}>Try now</Button>}
        {isFiltered && (
          <Button kind="quiet" onClick={() => only({})}>
            Show everything
          </Button>
        )}
      </div>
      {connection.phase === 'full' && <Notice kind="warning">{connection.error.message} It is tried again every ten seconds.</Notice>}
      {connection.phase === 'refused' && <ErrorState error={connection.error} retry={feed.retry} />}
      {entries.length === 0 && connection.phase === 'connecting' && <LoadingState label="Connecting" />}
      {entries.length === 0 && connection.phase === 'connected' && (
        <EmptyState title={isFiltered ? 'Nothing of this has run yet' : 'Nothing has run yet'}>
          {isFiltered ? 'Ids are compared to the letter. ' : ''}Executions are shown here as soon as they happen.
        </EmptyState>
      )}
      {entries.length > 0 && (
        <ol className="live-entries" aria-label="Executions, newest first">
          {entries.map((entry) => (
            <EntryRow key={entry.key} entry={entry} isOpen={open.has(entry.key)} onToggle={toggle} />
          ))}
        </ol>
      )}
    </>
  );
}

function useFeed(filter: LiveFilter): ExecutionFeed {
  const client = useQueryClient();
  const text = JSON.stringify(filter);
  const feed = useMemo(() => new ExecutionFeed(JSON.parse(text) as LiveFilter), [text]);
  useEffect(() => feed.open(() => signedOut(client)), [feed, client]);
  return feed;
}

function waitingWords(waiting: number): string {
  if (waiting === 0) return 'Nothing new meanwhile.';
  if (waiting === 1) return 'One execution waits.';
  const count = new Intl.NumberFormat().format(waiting);
  return waiting > MOST_ENTRIES ? `${count} executions wait, of which the last ${MOST_ENTRIES} are kept.` : `${count} executions wait.`;
}
