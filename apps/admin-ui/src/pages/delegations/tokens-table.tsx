import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { List } from '../../api/list.ts';
import { path, remove } from '../../api/request.ts';
import type { Token } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { isPast, Time } from '../../components/time.tsx';
import { useToast } from '../../components/toast.tsx';
import { useMay } from '../../session/session.ts';
import { useProfileResources, useRevoked } from './delegation-resource.ts';
import { Standing } from './standing.tsx';

/** What a token is, in words. */
export function nameOfToken({ purpose, form }: Pick<Token, 'purpose' | 'form'>): string {
  if (purpose === 'refresh_token') return 'Refresh token';
  return form === 'opaque' ? 'Access token' : form === 'jwt' ? 'Access token (JWT)' : 'Access token (wrapped)';
}

/** Tokens with a way to revoke each. */
export function TokensTable(props: {
  readonly list: List<Token>;
  readonly caption: string;
  readonly whose?: boolean;
  readonly empty: ReactNode;
}) {
  const { list, caption, whose = false, empty } = props;
  const { address } = useProfileResources();
  const mayRevoke = useMay('admin');
  const columns: readonly Column<Token>[] = [
    {
      title: 'Token',
      cell: (token) => (
        <>
          {nameOfToken(token)}
          <code className="beneath">{token.id}</code>
        </>
      ),
    },
    ...(whose ? columnsOfWhose(address) : []),
    { title: 'State', cell: (token) => <Standing {...token} /> },
    { title: 'Issued', cell: ({ issuedAt }) => <Time at={issuedAt} brief />, wideOnly: true },
    { title: 'Until', cell: ({ expiresAt }) => <Time at={expiresAt} brief /> },
    ...(mayRevoke ? [{ title: 'Change', align: 'end', cell: (token) => <RevokeToken token={token} /> } satisfies Column<Token>] : []),
  ];
  return <ListTable list={list} caption={caption} columns={columns} keyOf={({ id }) => id} empty={empty} />;
}

function columnsOfWhose(address: string): readonly Column<Token>[] {
  return [
    { title: 'Subject', cell: ({ subject, delegationId }) => <Link to={address + path`/${delegationId}`}>{subject ?? 'no subject'}</Link> },
    { title: 'Client', cell: ({ clientId }) => <code>{clientId}</code> },
  ];
}

function RevokeToken({ token }: { readonly token: Token }) {
  const { tokens } = useProfileResources();
  const confirm = useConfirm();
  const toast = useToast();
  const revoked = useRevoked();
  const revocation = useMutation({
    mutationFn: () => remove(tokens + path`/${token.id}`),
    onSuccess: () => {
      toast.done('The token is revoked.');
      return revoked();
    },
    onError: (error) => toast.failed(error),
  });
  if (token.revokedAt !== null || isPast(token.expiresAt)) return <span className="muted">–</span>;
  const ask = async () => {
    const text =
      token.purpose === 'refresh_token'
        ? 'A refresh token stands for all that comes of it: its delegation ends with all access and refresh tokens. This cannot be undone.'
        : 'This access token ends. The delegation and its other tokens stay: the client may get a new one with a refresh token. This cannot be undone.';
    if (
      await confirm({
        title: `Revoke this ${nameOfToken(token).toLowerCase().replace('jwt', 'JWT')}?`,
        text,
        action: 'Revoke the token',
        dangerous: true,
      })
    )
      revocation.mutate();
  };
  return (
    <Button small kind="danger" busy={revocation.isPending} aria-label={`Revoke the token ${token.id}`} onClick={() => void ask()}>
      Revoke
    </Button>
  );
}
