import { useMutation } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { useEntity } from '../../api/entity.ts';
import { useList } from '../../api/list.ts';
import { path, remove } from '../../api/request.ts';
import type { Delegation, Token } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { JsonBlock } from '../../components/code-block.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { KeyValues, Values } from '../../components/key-values.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useToast } from '../../components/toast.tsx';
import { useMay } from '../../session/session.ts';
import { useProfileResources, useRevoked } from './delegation-resource.ts';
import { Standing } from './standing.tsx';
import { TokensTable } from './tokens-table.tsx';

export function DelegationPage() {
  const { delegations, tokens, address, profile } = useProfileResources();
  const { delegation: id = '' } = useParams();
  const resource = delegations + path`/${id}`;
  const { data, error, refetch } = useEntity<Delegation>(resource);
  const list = useList<Token>(tokens, { delegationId: id });
  const parent = { to: address, label: `Delegations of ${profile}` };
  if (data === undefined) {
    return (
      <>
        <PageHeader title="Delegation" parent={parent} />
        {error === null ? <LoadingState /> : <ErrorState error={error} retry={() => void refetch()} />}
      </>
    );
  }
  const { owner, clientId, scope, createdAt, expiresAt, revokedAt, view } = data.data;
  const search = (members: Readonly<Record<string, string>>) => `${address}?${new URLSearchParams(members).toString()}`;
  return (
    <>
      <PageHeader
        title={`${owner} at ${clientId}`}
        parent={parent}
        aside={<Standing {...data.data} />}
        actions={<RevokeDelegation delegation={data.data} resource={resource} />}
      />
      <div className="stack">
        <section className="card" aria-label="Delegation">
          <KeyValues
            items={[
              ['Delegation', <code key="id">{id}</code>],
              [
                'Of',
                <Link key="of" to={search({ owner })}>
                  {owner}
                </Link>,
              ],
              [
                'Client',
                <Link key="client" to={search({ client: clientId })}>
                  {clientId}
                </Link>,
              ],
              ['Scope', <Values key="scope" of={scope === '' ? null : scope.split(' ')} />],
              ['Made', <Time key="made" at={createdAt} />],
              ['Until', <Time key="until" at={expiresAt} />],
              ...(revokedAt === null ? [] : ([['Revoked', <Time key="revoked" at={revokedAt} />]] as const)),
            ]}
          />
        </section>
        <section className="stack" aria-labelledby="tokens">
          <h2 id="tokens">Tokens</h2>
          <TokensTable
            list={list}
            caption={`Tokens of the delegation of ${owner} at ${clientId}`}
            empty={<EmptyState title="No tokens are left">They are deleted some time after they have ended.</EmptyState>}
          />
        </section>
        <JsonBlock value={view} label="What procedures see of it" />
      </div>
    </>
  );
}

function RevokeDelegation({ delegation, resource }: { readonly delegation: Delegation; readonly resource: string }) {
  const confirm = useConfirm();
  const toast = useToast();
  const revoked = useRevoked();
  const mayRevoke = useMay('admin');
  const revocation = useMutation({
    mutationFn: () => remove(resource),
    onSuccess: () => {
      toast.done('The delegation is revoked.');
      return revoked();
    },
    onError: (error) => toast.failed(error),
  });
  if (!mayRevoke || delegation.status === 'revoked') return null;
  const ask = async () => {
    const text = `All access and refresh tokens that ${delegation.clientId} has for ${delegation.owner} by this delegation end now. Other delegations of the two stay. This cannot be undone.`;
    if (await confirm({ title: 'Revoke this delegation?', text, action: 'Revoke the delegation', dangerous: true })) revocation.mutate();
  };
  return (
    <Button kind="danger" busy={revocation.isPending} onClick={() => void ask()}>
      Revoke
    </Button>
  );
}
