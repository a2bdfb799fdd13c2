import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useChanged } from '../../api/changed.ts';
import { get, request } from '../../api/request.ts';
import type { BucketEntry, ClearedEntries, ListPage } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { JsonBlock } from '../../components/code-block.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { TextField } from '../../components/field.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useToast } from '../../components/toast.tsx';
import { useMay } from '../../session/session.ts';
import { useBucketOf } from './bucket-resource.ts';

/** As many as the service answers. */
const MOST = 1000;

/** Looks up what a bucket holds for somebody, and deletes it. Who it is about is in no address of the page. */
export function EntriesOfSubject() {
  const [typed, setTyped] = useState('');
  const [subject, setSubject] = useState<string | null>(null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setSubject(typed === '' ? null : typed);
  };
  return (
    <section className="card stack" aria-labelledby="entries">
      <h2 id="entries">What it holds for somebody</h2>
      <form className="stack" onSubmit={submit} noValidate>
        <TextField
          label="Subject"
          pointer="/subject"
          hint="To the letter, as procedures have stored it: for people usually the id of the account."
          className="mono"
          maxLength={512}
          value={typed}
          onChange={setTyped}
        />
        <div className="row">
          <Button type="submit">Look it up</Button>
        </div>
      </form>
      <div role="status">{subject !== null && <Entries key={subject} subject={subject} />}</div>
    </section>
  );
}

function Entries({ subject }: { readonly subject: string }) {
  const { id, resource } = useBucketOf();
  const entries = `${resource}/entries`;
  const query = { subject };
  const { data, error, refetch } = useQuery({
    queryKey: [entries, query],
    queryFn: async ({ signal }) => (await get<ListPage<BucketEntry>>(entries, { query, signal })).data.items,
    // Data of people: gone from the page as soon as nobody looks at it.
    gcTime: 0,
  });
  const changed = useChanged();
  const confirm = useConfirm();
  const toast = useToast();
  const mayChange = useMay('admin');
  const clearing = useMutation({
    mutationFn: async () => (await request<ClearedEntries>('DELETE', entries, { query })).data.entries,
    onSuccess: async (count) => {
      toast.done(count === 1 ? 'One entry is deleted.' : `${count} entries are deleted.`);
      await changed(entries);
    },
    onError: toast.failed,
  });
  if (data === undefined) return error === null ? <LoadingState /> : <ErrorState error={error} retry={() => void refetch()} />;
  if (data.length === 0) return <EmptyState title="Nothing">The bucket holds nothing for this subject.</EmptyState>;
  const ask = async () => {
    const title = `Delete all that ${id} holds for ${subject}?`;
    const text = 'This cannot be undone. The audit trail keeps who did it and for which purposes something was there, and not what it was.';
    if (await confirm({ title, text, action: 'Delete it all', dangerous: true })) clearing.mutate();
  };
  return (
    <div className="stack">
      <div className="row row-ends">
        <p>
          {data.length === MOST ? `The first ${MOST} entries` : data.length === 1 ? 'One entry' : `${data.length} entries`} for{' '}
          <code>{subject}</code>
        </p>
        {mayChange && (
          <Button small kind="danger" busy={clearing.isPending} onClick={() => void ask()}>
            Delete all of them
          </Button>
        )}
      </div>
      {data.map(({ purpose, attributes, updatedAt }) => (
        <div key={purpose} className="stack stack-tight">
          <p className="row row-ends">
            <strong>{purpose}</strong>
            <span className="muted">
              changed <Time at={updatedAt} brief />
            </span>
          </p>
          <JsonBlock value={attributes} label={`Attributes for ${purpose}`} />
        </div>
      ))}
    </div>
  );
}
