import { useMutation } from '@tanstack/react-query';
import { useRef, type SubmitEvent } from 'react';
import { Link } from 'react-router';
import { path, post } from '../../api/request.ts';
import type { LookedUpToken } from '../../api/shapes.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { JsonBlock } from '../../components/code-block.tsx';
import { TokenField } from '../../components/field.tsx';
import { KeyValues } from '../../components/key-values.tsx';
import { Notice } from '../../components/notice.tsx';
import { Time } from '../../components/time.tsx';
import { useProfileResources } from './delegation-resource.ts';
import { DelegationsHeader } from './delegations-header.tsx';
import { nameOfToken } from './tokens-table.tsx';

const STATES = {
  active: ['ok', 'This token is active'],
  expired: ['neutral', 'This token has expired'],
  revoked: ['danger', 'This token is revoked'],
  unknown: ['warning', 'This is no token of this profile'],
} as const;

/** Tells what a pasted token is. It is in the field alone, from which it goes as soon as it is sent. */
export function TokenLookup() {
  const { tokens, profile } = useProfileResources();
  const field = useRef<HTMLTextAreaElement>(null);
  const lookup = useMutation({
    mutationFn: async () => {
      const token = field.current?.value.trim() ?? '';
      if (field.current !== null) field.current.value = '';
      if (token === '') throw new Error('Paste a token first.');
      return (await post<LookedUpToken>(`${tokens}/lookup`, { body: { token } })).data;
    },
    gcTime: 0,
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    lookup.mutate();
  };
  return (
    <>
      <DelegationsHeader title="What is this token?" />
      <div className="stack form">
        <form className="card stack" onSubmit={submit} noValidate>
          <TokenField
            field={field}
            longest={16_384}
            hint={`An access or refresh token of ${profile}, as a client or gateway has it. It is sent to the service, which neither keeps nor logs it, and is forgotten here at once.`}
          />
          <div className="row">
            <Button type="submit" kind="primary" busy={lookup.isPending}>
              Look it up
            </Button>
          </div>
        </form>
        {lookup.isError && <Notice kind="danger">{lookup.error.message}</Notice>}
        <div role="status">{lookup.data !== undefined && <Found found={lookup.data} />}</div>
      </div>
    </>
  );
}

function Found({ found: { status, token } }: { readonly found: LookedUpToken }) {
  const { address } = useProfileResources();
  const [kind, title] = STATES[status];
  return (
    <section className="card stack" aria-labelledby="found">
      <div className="row">
        <h2 id="found">{title}</h2>
        <Badge kind={kind}>{status}</Badge>
      </div>
      {token === null ? (
        <p className="muted">
          {status === 'unknown'
            ? 'It may be of another profile or service, be incomplete, or have been deleted a while after it had expired.'
            : 'Its signature is right, and its time is over.'}
        </p>
      ) : (
        <>
          <KeyValues
            items={[
              ['Kind', nameOfToken(token)],
              ['Client', <code key="client">{token.clientId}</code>],
              ['Until', <Time key="until" at={token.expiresAt} />],
              ...(token.revokedAt === null ? [] : ([['Revoked', <Time key="revoked" at={token.revokedAt} />]] as const)),
              ['Public id', <code key="id">{token.id}</code>],
              [
                'Delegation',
                <Link key="of" to={address + path`/${token.delegationId}`}>
                  {token.delegationId}
                </Link>,
              ],
            ]}
          />
          <JsonBlock value={token.data} label="Its data" />
        </>
      )}
    </section>
  );
}
