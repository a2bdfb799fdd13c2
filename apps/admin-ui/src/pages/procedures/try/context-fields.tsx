import { useState, type ReactNode, type RefObject } from 'react';
import { path } from '../../../api/request.ts';
import type { Account, Client } from '../../../api/shapes.ts';
import { CheckField, TextArea, TextField, TokenField } from '../../../components/field.tsx';
import { useFieldErrors } from '../../../components/form-errors.tsx';
import { SearchBox } from '../../../components/search-box.tsx';
import { AnswersField } from './answers-field.tsx';
import type { ContextDraft } from './context-draft.ts';
import { PairsField } from './pairs-field.tsx';
import { chosenOf } from './place.ts';
import { ScopesField } from './scopes-field.tsx';
import type { Takes } from './takes.ts';

export interface ContextFieldsProps {
  readonly draft: ContextDraft;
  readonly takes: Takes;
  readonly profile: string;
  readonly isWithoutClient: boolean;
  /** Scopes of the profile. */
  readonly scopes: readonly string[];
  readonly token: RefObject<HTMLTextAreaElement | null>;
  readonly change: (members: Partial<ContextDraft>) => void;
}

/** Pointers of what has a field, for errors. */
export const FIELDS = ['/client', '/account', '/subject', '/token', '/scopes', '/tokenData', '/metadata', '/form', '/request', '/answers'];

/** Who calls, about whom, with which token, and what else the request has. */
export function ContextFields(props: ContextFieldsProps) {
  const { draft, takes, isWithoutClient, profile, scopes, token, change } = props;
  const isToken = draft.source === 'token';
  // What is wrong is not to be searched for.
  const isWrong = useFieldErrors(['/tokenData', '/metadata', '/form', '/request', '/answers']).length > 0;
  return (
    <>
      {takes.client && (
        <SearchBox<Client>
          key={`client ${profile}`}
          label="Client"
          pointer="/client"
          {...(isWithoutClient ? { hint: 'No client of the profile may do this yet: one that is made up stands in for it.' } : {})}
          resource={path`/profiles/${profile}/clients`}
          value={draft.client === null ? MADE_UP_CLIENT : nameOf(draft.client)}
          choiceOf={(client) => ({ key: `id ${client.id}`, label: nameOf(client), ...(client.enabled ? {} : { hint: 'disabled' }) })}
          onChoose={(client) => change({ client: chosenOf(client), scopes: null })}
          beside={(typed) =>
            typed === '' ? [{ key: 'made up', label: MADE_UP_CLIENT, choose: () => change({ client: null, scopes: null }) }] : []
          }
        />
      )}
      {isToken && (
        <TokenField
          field={token}
          longest={65_536}
          hint="Opaque, wrapped or a JWT, as a client has it. It is looked up as introspection would, and neither kept nor logged; the procedure sees another value in its place."
        />
      )}
      {takes.person && !isToken && !draft.isWithoutData && <PersonBox {...props} />}
      {takes.scopes !== null && !isToken && (
        <ScopesField
          all={takes.scopes === 'token' ? scopes : (draft.client?.scopes ?? scopes)}
          value={draft.scopes}
          onChange={(chosen) => change({ scopes: chosen })}
        />
      )}
      <More demands={draft.answers.length + (isWrong ? 1 : 0)}>
        <div className="stack">
          {takes.withoutData !== null && !isToken && (
            <CheckField
              label={takes.withoutData}
              pointer="/withoutData"
              checked={draft.isWithoutData}
              onChange={(isWithoutData) => change({ isWithoutData })}
            />
          )}
          {takes.data !== null && !isToken && !draft.isWithoutData && (
            <TextArea
              label={`${takes.data}, as JSON`}
              pointer="/tokenData"
              className="mono"
              placeholder={'{ "acr": "mfa" }'}
              value={draft.data}
              onChange={(data) => change({ data })}
            />
          )}
          {takes.metadata && (
            <TextArea
              label="Metadata of the client that registers, as JSON"
              pointer="/metadata"
              className="mono"
              placeholder={'{ "client_name": "My app" }'}
              value={draft.metadata}
              onChange={(metadata) => change({ metadata })}
            />
          )}
          {takes.form !== null && (
            <PairsField
              label="Form parameters"
              one="parameter"
              pointer="/form"
              value={draft.form}
              suggestions={takes.form}
              onChange={(form) => change({ form })}
            />
          )}
          <PairsField
            label="Headers"
            one="header"
            pointer="/request/headers"
            value={draft.headers}
            onChange={(headers) => change({ headers })}
          />
          <PairsField
            label="Query parameters"
            one="query parameter"
            pointer="/request/query"
            value={draft.query}
            onChange={(query) => change({ query })}
          />
          <TextField
            label="IP address of the caller"
            pointer="/request/clientIpAddress"
            placeholder="127.0.0.1"
            value={draft.clientIpAddress}
            onChange={(clientIpAddress) => change({ clientIpAddress })}
          />
          <AnswersField value={draft.answers} onChange={(answers) => change({ answers })} />
        </div>
      </More>
    </>
  );
}

/** What most runs do without. @param demands when they become more, one has to see it; it is closed by people alone */
function More({ demands, children }: { readonly demands: number; readonly children: ReactNode }) {
  const [isOpen, setOpen] = useState(demands > 0);
  const [known, setKnown] = useState(demands);
  if (demands !== known) {
    setKnown(demands);
    if (demands > known) setOpen(true);
  }
  return (
    <details className="try-more" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>More of the request</summary>
      {children}
    </details>
  );
}

const MADE_UP_CLIENT = 'Made-up client that may do anything';
const MADE_UP_PERSON = 'Made-up person';

/** An account that is found, or just a subject. */
function PersonBox({ draft: { person }, profile, change }: ContextFieldsProps) {
  return (
    <SearchBox<Account>
      key={`account ${profile}`}
      label="Person"
      pointer={person?.kind === 'subject' ? '/subject' : '/account'}
      resource={path`/profiles/${profile}/accounts`}
      value={
        person === null ? MADE_UP_PERSON : person.kind === 'account' ? person.username : `Subject ${person.subject}, without an account`
      }
      choiceOf={({ id, username, enabled }) => ({
        ...{ key: `id ${id}`, label: username },
        ...(enabled ? {} : { hint: 'disabled' }),
      })}
      onChoose={({ id, username }) => change({ person: { kind: 'account', id, username } })}
      beside={(typed) =>
        typed === ''
          ? [{ key: 'made up', label: MADE_UP_PERSON, choose: () => change({ person: null }) }]
          : [
              {
                ...{ key: 'subject', label: `Subject ${typed}`, hint: 'without an account: nothing else is known' },
                choose: () => change({ person: { kind: 'subject', subject: typed } }),
              },
            ]
      }
    />
  );
}

function nameOf({ id, name }: { readonly id: string; readonly name: string }): string {
  return name === id || name === '' ? id : `${name} (${id})`;
}
