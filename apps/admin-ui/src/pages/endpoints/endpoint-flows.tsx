import { useState } from 'react';
import { Link } from 'react-router';
import { useChanged } from '../../api/changed.ts';
import { path, remove } from '../../api/request.ts';
import type { Binding, Flow } from '../../api/script-types.ts';
import type { Endpoint } from '../../api/shapes.ts';
import { Badge, OriginBadge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { ChangeAction } from '../../components/change-action.tsx';
import { LoadingState } from '../../components/states.tsx';
import { useMay } from '../../session/session.ts';
import { useAnswering, type Answering } from './answering.ts';
import { BindDialog } from './bind-dialog.tsx';
import { useEndpointOf, useFlowsOf } from './endpoint-resource.ts';

/** Every flow of an endpoint with what answers it, where that is changed too. */
export function EndpointFlows({ endpoint }: { readonly endpoint: Endpoint }) {
  const { of } = useEndpointOf();
  const flows = useFlowsOf(endpoint.kind);
  const answering = useAnswering(of);
  if (flows.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="flows">
      <div>
        <h2 id="flows">Flows</h2>
        <p className="muted">Each is answered by the shipped default, or by a procedure of yours.</p>
      </div>
      {answering === undefined ? (
        <LoadingState />
      ) : (
        <ul className="flows">
          {flows.map((flow) => (
            <FlowLine key={flow.id} flow={flow} answering={answering(endpoint, flow.id)} />
          ))}
        </ul>
      )}
    </section>
  );
}

function FlowLine({ flow, answering }: { readonly flow: Flow; readonly answering: Answering }) {
  const { binding, troubles } = answering;
  const [binds, setBinds] = useState(false);
  const mayChange = useMay('admin');
  return (
    <li>
      <div className="flow">
        <div className="flow-text">
          <h3>{flow.title}</h3>
          <code className="muted">{flow.id}</code>
          <p className="flow-answer row">{binding === null ? 'the shipped default' : <Bound answering={answering} binding={binding} />}</p>
          {troubles.map((trouble) => (
            <p key={trouble} className="flow-trouble">
              {trouble}
            </p>
          ))}
        </div>
        {mayChange && (
          <div className="row">
            {binding !== null && <Unbind flow={flow} binding={binding} />}
            <Button small aria-label={`${binding === null ? 'Bind' : 'Change'} ${flow.id}`} onClick={() => setBinds(true)}>
              {binding === null ? 'Bind' : 'Change'}
            </Button>
          </div>
        )}
      </div>
      {binds && <BindDialog flow={flow} binding={binding} onClose={() => setBinds(false)} />}
    </li>
  );
}

function Bound({ binding, answering }: { readonly binding: Binding; readonly answering: Answering }) {
  const { version, activeVersion, troubles } = answering;
  return (
    <>
      <Link to={path`/procedures/${binding.procedure}`}>{binding.procedure}</Link>
      {binding.version === null ? (
        <span>{version === null ? 'no active version' : `active version, now ${version}`}</span>
      ) : (
        <>
          <Badge kind="accent">pinned to version {binding.version}</Badge>
          {activeVersion !== null && activeVersion !== binding.version && <span className="muted">version {activeVersion} is active</span>}
        </>
      )}
      <OriginBadge origin={binding.origin} />
      {troubles.length > 0 && <Badge kind="danger">in trouble</Badge>}
    </>
  );
}

function Unbind({ flow, binding }: { readonly flow: Flow; readonly binding: Binding }) {
  const { resource, of } = useEndpointOf();
  const changed = useChanged();
  return (
    <ChangeAction
      small
      kind="quiet"
      aria-label={`Unbind ${flow.id}`}
      question={{
        title: `Unbind ${binding.procedure}?`,
        text: 'The shipped default answers from the next request on. The procedure stays, and can be bound again.',
        action: 'Give it back to the default',
        dangerous: true,
      }}
      change={(options) => remove(resource + path`/bindings/${flow.id}`, options)}
      done={`The shipped default answers ${flow.id}.`}
      onDone={() => changed(`${of}/bindings`, '/procedures')}
    >
      Unbind
    </ChangeAction>
  );
}
