import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Execution } from '../../api/shapes.ts';
import { Badge } from '../../components/badge.tsx';
import { CodeBlock } from '../../components/code-block.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { KeyValues } from '../../components/key-values.tsx';
import { Time } from '../../components/time.tsx';
import { useActivations } from './activations.ts';
import { liveAddress } from './filter.ts';
import { bytes, CHOICES, milliseconds, OUTCOMES } from './words.ts';

/** All that is known of one execution. */
export function ExecutionDetails({ of }: { readonly of: Execution }) {
  const { why, choice, refusal, fault, log, calls } = of;
  return (
    <div className="live-details">
      <p>
        {choice !== null && <Badge kind="accent">{CHOICES[choice]}</Badge>} {capital(why)}. <SinceWhen of={of} />
      </p>
      {refusal !== null && (
        <p>
          The caller was told {refusal.status} <code>{refusal.code}</code>
          {refusal.description === null ? '' : `: ${refusal.description}`}
        </p>
      )}
      {fault !== null && <CodeBlock label={faultLabel(fault)} text={faultText(fault)} />}
      {log.length > 0 && <Log lines={log} />}
      {calls.length > 0 && <Calls calls={calls} />}
      <KeyValues items={figuresOf(of)} />
      <OnlyThese of={of} />
    </div>
  );
}

/** When and by whom the active version was made active: a roll back is told from an activation. */
function SinceWhen({ of: { procedure, version, choice, at } }: { readonly of: Execution }) {
  const activations = useActivations(procedure === null || choice !== 'active' ? [] : [procedure]);
  const [activation] = activations.filter((each) => each.at <= at);
  if (activation?.version == null || activation.version !== version) return null;
  const { actor, before, isRollback } = activation;
  return (
    <span className="muted">
      {isRollback && before !== null ? `${actor} rolled back to it from version ${before}` : `${actor} activated it`},{' '}
      <Time at={activation.at} />.
    </span>
  );
}

type Fault = NonNullable<Execution['fault']>;

function faultLabel({ line, column, library }: Fault): string {
  const where = library === undefined ? '' : ` of library ${library}`;
  return line === undefined
    ? 'What went wrong'
    : `What went wrong in line ${line}${column === undefined ? '' : `, column ${column}`}${where}`;
}

function faultText({ message, excerpt, stack }: Fault): string {
  const frames = stack.map(({ line, column, library }) => `    at ${library ?? 'the procedure'}:${line}:${column}`);
  return [message, ...(excerpt.length === 0 ? [] : ['', ...excerpt]), ...(frames.length < 2 ? [] : ['', ...frames])].join('\n');
}

const LEVELS = { trace: 'neutral', debug: 'neutral', info: 'neutral', warn: 'warning', error: 'danger' } as const;

/** Every line, whole. */
function Log({ lines }: { readonly lines: Execution['log'] }) {
  return (
    <div className="code-block">
      <div className="code-block-head">
        <span>Log</span>
        <CopyButton text={lines.map(({ level, message }) => `${level} ${message}`).join('\n')} />
      </div>
      <div className="live-log" tabIndex={0} role="region" aria-label="Log">
        <ol>
          {lines.map(({ level, message }, index) => (
            <li key={index}>
              <Badge kind={LEVELS[level]}>{level}</Badge>
              <pre>{message}</pre>
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}

function Calls({ calls }: { readonly calls: Execution['calls'] }) {
  return (
    <div className="code-block">
      <div className="code-block-head live-head">
        <span>Services that it called</span>
      </div>
      <ol className="live-calls">
        {calls.map(({ kind, target, milliseconds: took, outcome }, index) => (
          <li key={index}>
            <span>{kind}</span> <code>{target}</code> <span className="muted">{outcome}</span> <span>{milliseconds(took)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function figuresOf(of: Execution): readonly (readonly [string, ReactNode])[] {
  const { id, at, node, profile, endpoint, flow, procedure, version, choice, client, requestId, usage } = of;
  const pages = `/profiles/${encodeURIComponent(profile)}`;
  const hasPage = procedure !== null && choice !== 'default';
  return [
    ['When', <Time key="at" at={at} />],
    ['Took', milliseconds(of.milliseconds)],
    ['Processor time', usage === null ? 'not measured' : milliseconds(usage.cpuMilliseconds)],
    ['Heap', usage === null ? 'not measured' : bytes(usage.heapBytes)],
    ['Procedure', hasPage ? <Link to={`/procedures/${encodeURIComponent(procedure)}`}>{procedure}</Link> : procedure],
    [
      'Version',
      hasPage && version !== null ? <Link to={`/procedures/${encodeURIComponent(procedure)}/versions`}>Version {version}</Link> : null,
    ],
    ['Flow', flow === null ? null : <code>{flow}</code>],
    [
      'Endpoint',
      <Link key="endpoint" to={`${pages}/endpoints/${encodeURIComponent(endpoint)}`}>
        {endpoint} of {profile}
      </Link>,
    ],
    ['Client', client === null ? null : <Link to={`${pages}/clients/${encodeURIComponent(client)}`}>{client}</Link>],
    ['Request id', requestId === null ? null : <code>{requestId}</code>],
    ['Execution', <code key="id">{id}</code>],
    ['Node', node],
  ];
}

/** Filters made of this one. */
function OnlyThese({ of: { profile, procedure, version, client, endpoint, outcome } }: { readonly of: Execution }) {
  const filters = [
    procedure === null ? null : (['this procedure', { procedure }] as const),
    procedure === null || version === null ? null : (['this version', { procedure, version: String(version) }] as const),
    client === null ? null : (['this client', { profile, client }] as const),
    ['this endpoint', { profile, endpoint }] as const,
    [`“${OUTCOMES[outcome][0]}”`, { outcome }] as const,
  ];
  return (
    <p className="row">
      Show only
      {filters.map(
        (each) =>
          each !== null && (
            <Link key={each[0]} to={liveAddress(each[1])}>
              {each[0]}
            </Link>
          ),
      )}
    </p>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
