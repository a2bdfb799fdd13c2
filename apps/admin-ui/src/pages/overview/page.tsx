import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/request.ts';
import type { Overview } from '../../api/shapes.ts';
import { Badge } from '../../components/badge.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { duration } from '../../components/time.tsx';
import { Attention } from './attention.tsx';
import { Failing } from './failing.tsx';
import { LastHour } from './last-hour.tsx';
import { RightNow } from './right-now.tsx';
import { WhatThereIs } from './what-there-is.tsx';
import './overview.css';

const RESOURCE = '/overview';
/** Milliseconds. The answer comes from the memory of the node. */
const REFRESH = 5000;

/** What runs, what fails and what somebody should see to, of the node that answers. */
export default function OverviewPage() {
  const { data, error, refetch } = useQuery({
    queryKey: [RESOURCE],
    queryFn: async ({ signal }) => (await get<Overview>(RESOURCE, { signal })).data,
    refetchInterval: REFRESH,
  });
  return (
    <>
      <PageHeader title="Overview" aside={data === undefined ? undefined : <State of={data} />} description={describe(data)} />
      {data === undefined && (error === null ? <LoadingState /> : <ErrorState error={error} retry={() => void refetch()} />)}
      {data !== undefined && (
        <div className="overview">
          <RightNow />
          <LastHour of={data} />
          <Failing failing={data.failing} />
          <Attention of={data} />
          <WhatThereIs entities={data.entities} />
        </div>
      )}
    </>
  );
}

function State({ of: { ready, reason, sandbox } }: { readonly of: Overview }) {
  if (!ready) return <Badge kind="danger">not ready{reason === undefined ? '' : `: ${reason}`}</Badge>;
  return sandbox.ready ? <Badge kind="ok">ready</Badge> : <Badge kind="warning">the sandbox starts</Badge>;
}

function describe(overview: Overview | undefined): string | undefined {
  if (overview === undefined) return undefined;
  const { node, version, uptimeSeconds, revision } = overview;
  return `Node ${node}, version ${version}, up for ${duration(uptimeSeconds)}, configuration revision ${String(revision)}.`;
}
