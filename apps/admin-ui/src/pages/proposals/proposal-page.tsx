import { useParams } from 'react-router';
import { useEntity } from '../../api/entity.ts';
import { path } from '../../api/request.ts';
import type { Proposal } from '../../api/shapes.ts';
import { Changes } from '../../components/changes.tsx';
import { nameOfKey, nameOfKind } from '../../components/entity-names.ts';
import { KeyValues } from '../../components/key-values.tsx';
import { Notice } from '../../components/notice.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useAdministrator, useMay } from '../../session/session.ts';
import { Decision } from './decision.tsx';
import { ProposalState, titleOf } from './proposal-words.tsx';

const PARENT = { to: '/proposals', label: 'Proposals' };

export function ProposalPage() {
  const { proposal: id = '' } = useParams();
  const resource = path`/proposals/${id}`;
  const { data, error, refetch } = useEntity<Proposal>(resource);
  if (data === undefined) {
    return (
      <>
        <PageHeader title="Proposal" parent={PARENT} />
        {error === null ? <LoadingState /> : <ErrorState error={error} retry={() => void refetch()} />}
      </>
    );
  }
  const proposal = data.data;
  const { author, note, createdAt, expiresAt, decidedBy, decidedAt, reason, state, changes, findings } = proposal;
  return (
    <>
      <PageHeader title={titleOf(proposal)} parent={PARENT} aside={<ProposalState state={state} />} />
      <div className="stack">
        <Standing proposal={proposal} />
        <Decision proposal={proposal} resource={resource} />
        <section className="card" aria-label="Proposal">
          <KeyValues
            items={[
              ['By', author],
              ['Note', note],
              ['Made', <Time key="made" at={createdAt} />],
              ...(decidedAt === null
                ? ([['Waits until', <Time key="until" at={expiresAt} />]] as const)
                : ([
                    ['Decided by', decidedBy],
                    ['Decided', <Time key="decided" at={decidedAt} />],
                  ] as const)),
              ...(reason === '' ? [] : ([['Reason', reason]] as const)),
            ]}
          />
        </section>
        {findings.length > 0 && (
          <Notice kind="warning" title="What the check advises">
            <ul>
              {findings.map((finding) => (
                <li key={JSON.stringify(finding)}>
                  {finding.kind !== undefined && `${nameOfKind(finding.kind)} ${nameOfKey(finding.key ?? '')}: `}
                  {finding.line !== undefined && `line ${finding.line}: `}
                  {finding.message}
                </li>
              ))}
            </ul>
          </Notice>
        )}
        <section className="stack" aria-labelledby="changes">
          <h2 id="changes">What approving it changes</h2>
          <Changes changes={changes} />
        </section>
      </div>
    </>
  );
}

/** What may be done about it, and what may not. */
function Standing({ proposal: { author, state } }: { readonly proposal: Proposal }) {
  const { id } = useAdministrator();
  const mayDecide = useMay('admin');
  if (state === 'stale')
    return (
      <Notice kind="warning" title="It cannot be approved any more">
        What it changes was changed since it was made. Look at the present state, then propose it again.
      </Notice>
    );
  if (state === 'expired') return <Notice kind="warning">Nobody decided in time: it has to be proposed again.</Notice>;
  if (state !== 'open') return null;
  if (author === id) return <Notice kind="info">You have proposed this: another administrator has to approve it.</Notice>;
  return mayDecide ? null : <Notice kind="info">An administrator with the role admin decides it.</Notice>;
}
