import type { ReactNode } from 'react';
import type { DryRunReport } from '../../../api/script-types.ts';
import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { CodeBlock, JsonBlock } from '../../../components/code-block.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { KeyValues, Values } from '../../../components/key-values.tsx';
import { Notice } from '../../../components/notice.tsx';
import { wordsOfEffect, wordsOfFault, wordsOfMuted } from './fault-words.ts';
import { JwtView } from './jwt-view.tsx';
import { jsonOf, jwtsOf } from './jwts.ts';
import { UsageView } from './usage-view.tsx';

const LEVELS = { trace: 'neutral', debug: 'neutral', info: 'accent', warn: 'warning', error: 'danger' } as const;
/** Calls that can be given an answer. */
const ANSWERABLE = new Set(['http', 'verify-jwt', 'cache-get', 'bucket-get']);

/** Everything that is to be seen of a run. */
export function ReportView({
  report,
  onAnswer,
}: {
  readonly report: DryRunReport;
  /** Gives a call an answer; null where the context has no place for it. */
  readonly onAnswer: ((call: string) => void) | null;
}) {
  const { answer, fault, findings, log, calls, usage, limits, context } = report;
  const jwts = jwtsOf(report);
  const headers = Object.entries(answer.headers);
  return (
    <div className="stack try-report">
      {fault !== null && <FaultView fault={fault} />}
      {findings.length > 0 && <FindingsView report={report} />}
      {report.outcome !== 'refused' && (
        <Part title={fault === null ? 'Response' : 'What the client gets'} open={fault === null}>
          <Body text={answer.body} />
        </Part>
      )}
      {jwts.length > 0 && (
        <Part title={jwts.length === 1 ? 'JWT, decoded' : `${jwts.length} JWTs, decoded`} open>
          {jwts.map((jwt, i) => (
            <JwtView key={`${jwt.where} ${i}`} jwt={jwt} />
          ))}
        </Part>
      )}
      {log.length > 0 && (
        <Part title={`Log: ${counted(log.length, 'line', 'lines')}`} open>
          <ol className="try-log" aria-label="Log" tabIndex={0}>
            {log.map(({ level, message }, i) => (
              <li key={i}>
                <Badge kind={LEVELS[level]}>{level}</Badge>
                <span>{message}</span>
              </li>
            ))}
          </ol>
          <div>
            <CopyButton text={log.map(({ level, message }) => `${level} ${message}`).join('\n')} label="Copy the log" />
          </div>
        </Part>
      )}
      {calls.length > 0 && (
        <Part title={counted(calls.length, 'call of the service', 'calls of services')} open>
          <ol className="try-calls" aria-label="Calls">
            {calls.map(({ kind, target, milliseconds, outcome }, i) => (
              <li key={i}>
                <span>
                  <code>{`${kind} ${target}`.trim()}</code>
                  <span className="beneath">
                    {outcome}, {milliseconds} ms
                  </span>
                </span>
                {onAnswer !== null && ANSWERABLE.has(kind) && (
                  <Button small onClick={() => onAnswer(`${kind} ${target}`.trim())}>
                    Answer it<span className="visually-hidden">: {target}</span>
                  </Button>
                )}
              </li>
            ))}
          </ol>
        </Part>
      )}
      <MutedView report={report} />
      {report.outcome !== 'refused' && (
        <Part title={counted(headers.length, 'header', 'headers')} open={answer.body === ''}>
          <KeyValues items={headers} />
        </Part>
      )}
      {usage !== null && (
        <Part title="What it used, and its limits" open>
          <UsageView usage={usage} limits={limits} />
        </Part>
      )}
      {context !== null && (
        <Part title="What it was tried in">
          <ContextView context={context} />
        </Part>
      )}
      <div>
        <CopyButton text={JSON.stringify(report, null, 2)} label="Copy all as JSON" />
      </div>
    </div>
  );
}

function Part({ title, open = false, children }: { readonly title: string; readonly open?: boolean; readonly children: ReactNode }) {
  return (
    <details className="try-part" open={open}>
      <summary>
        <h3>{title}</h3>
      </summary>
      <div className="stack">{children}</div>
    </details>
  );
}

function FaultView({ fault }: { readonly fault: NonNullable<DryRunReport['fault']> }) {
  const { kind, message, line, column, library, excerpt } = fault;
  return (
    <Notice kind="danger" title={wordsOfFault(kind)}>
      <p className="try-message">{message}</p>
      <p className="muted">
        {kind}
        {line !== undefined && `, line ${line}${column === undefined ? '' : `, column ${column}`}`}
        {library !== undefined && ` of the library ${library}`}
      </p>
      {excerpt.length > 0 && (
        <pre className="try-excerpt" tabIndex={0} role="region" aria-label="Where it failed">
          {excerpt.join('\n')}
        </pre>
      )}
    </Notice>
  );
}

function FindingsView({ report: { outcome, findings } }: { readonly report: DryRunReport }) {
  const isRefused = outcome === 'refused';
  return (
    <Notice kind={isRefused ? 'danger' : 'warning'} title={isRefused ? 'The check refuses the text: it was not run' : 'The check advises'}>
      <ul className="try-list">
        {findings.map(({ line, column, library, message }) => (
          <li key={`${library ?? ''} ${line ?? 0}:${column ?? 0} ${message}`}>
            {library !== undefined && `${library}, `}
            {line !== undefined && `line ${line}: `}
            {message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Body({ text }: { readonly text: string }) {
  if (text === '') return <p className="muted">It has no body.</p>;
  const value = jsonOf(text);
  return value === undefined ? <CodeBlock text={text} label="Response" /> : <JsonBlock value={value} label="Response" />;
}

/** What a real run would have done beside answering. */
function MutedView({ report: { effects, muted } }: { readonly report: DryRunReport }) {
  const others = muted.filter(({ kind }) => kind !== 'store');
  if (effects.length + others.length === 0) return null;
  return (
    <Part title="Muted: none of this happened" open>
      <ul className="try-muted" aria-label="Muted">
        {effects.map(({ kind, detail }, i) => (
          <li key={`effect ${i}`}>
            <details>
              <summary>{wordsOfEffect(kind)}</summary>
              <JsonBlock value={detail} label={kind} />
            </details>
          </li>
        ))}
        {others.map(({ kind, what }, i) => (
          <li key={`muted ${i}`}>{wordsOfMuted(kind, what)}</li>
        ))}
      </ul>
    </Part>
  );
}

const TOKEN_STATES = {
  active: 'active',
  expired: 'expired',
  revoked: 'revoked',
  hidden: 'active, and none of the business of this client',
  unknown: 'unknown in this profile',
} as const;

function ContextView({
  context: { profile, endpoint, client, account, token },
}: {
  readonly context: NonNullable<DryRunReport['context']>;
}) {
  return (
    <>
      <KeyValues
        items={[
          ['Profile', profile],
          ['Endpoint', endpoint],
          [
            'Client',
            client.isSample ? (
              'made up'
            ) : (
              <>
                <code>{client.id}</code>
                {client.name !== client.id && client.name !== '' && ` ${client.name}`}
              </>
            ),
          ],
          ['Its scopes', <Values key="scopes" of={client.scopes} />],
          ...(account === null ? [] : ([['Account', account.username]] as const)),
          ...(token === null
            ? []
            : ([
                ['Token', TOKEN_STATES[token.status]],
                ['Of the client', token.clientId],
              ] as const)),
        ]}
      />
      {Object.keys(client.properties).length > 0 && <JsonBlock value={client.properties} label="Properties of the client" />}
      {account !== null && <JsonBlock value={account.attributes} label="Attributes of the account" />}
      {token?.data != null && <JsonBlock value={token.data} label="Data of the token" />}
    </>
  );
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
