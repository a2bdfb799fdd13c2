import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { failureOf } from '../../api/not-changed.ts';
import { path, put, remove } from '../../api/request.ts';
import type { Binding, Procedure, ScriptVersion } from '../../api/script-types.ts';
import { Button } from '../../components/button.tsx';
import { useChanging } from '../../components/changing.ts';
import { SelectField } from '../../components/field.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { Notice } from '../../components/notice.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../components/states.tsx';
import { useToast } from '../../components/toast.tsx';
import { useFlows, useForgetScripts } from '../../scripts/script-data.ts';
import { useMay } from '../../session/session.ts';
import { useBindingsOf, useEndpoints } from './bindings-data.ts';

/** Where a procedure answers, and at which version. */
export function BindingsPanel({ procedure, versions }: { readonly procedure: Procedure; readonly versions: readonly ScriptVersion[] }) {
  const bindings = useBindingsOf(procedure.id);
  const mayBind = useMay('author');
  const forget = useForgetScripts();
  const confirm = useConfirm();
  const toast = useToast();
  const changing = useChanging();
  const unbind = useMutation({
    mutationFn: ({ profile, endpoint, flow }: Binding) => changing((options) => remove(resourceOf(profile, endpoint, flow), options)),
    onSettled: forget,
    onSuccess: (_, { endpoint }) => toast.done(`${endpoint} answers with the shipped procedure again.`),
    onError: toast.failed,
  });
  const ask = async (binding: Binding) => {
    const yes = await confirm({
      title: `Unbind it from ${binding.endpoint}?`,
      text: `From then on the shipped procedure answers ${binding.flow} at endpoint ${binding.endpoint} of profile ${binding.profile}.`,
      action: 'Unbind',
      dangerous: true,
    });
    if (yes) unbind.mutate(binding);
  };
  if (bindings.error !== null) return <ErrorState error={bindings.error} retry={() => void bindings.refetch()} />;
  if (bindings.data === undefined) return <LoadingState />;
  return (
    <div className="stack">
      {bindings.data.length === 0 ? (
        <EmptyState title="It is bound nowhere">It answers nothing until an endpoint is bound to it.</EmptyState>
      ) : (
        <ul className="versions" aria-label="Bindings">
          {bindings.data.map((binding) => (
            <li key={`${binding.profile}/${binding.endpoint}`} className="version">
              <div className="version-text">
                <p>
                  <strong>{binding.endpoint}</strong> of profile {binding.profile}
                </p>
                <p className="muted">
                  {binding.version === null ? 'follows the active version' : `stays at version ${binding.version}`}
                  {binding.origin === 'file' && ' · from a configuration file'}
                </p>
              </div>
              {mayBind && (
                <Button small onClick={() => void ask(binding)}>
                  Unbind<span className="visually-hidden"> from {binding.endpoint}</span> …
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayBind && <BindForm procedure={procedure} versions={versions} />}
    </div>
  );
}

function BindForm({ procedure, versions }: { readonly procedure: Procedure; readonly versions: readonly ScriptVersion[] }) {
  const { id, flow, activeVersion } = procedure;
  const kind = useFlows().data?.find((one) => one.id === flow)?.endpoint;
  const endpoints = useEndpoints(kind);
  const forget = useForgetScripts();
  const toast = useToast();
  const changing = useChanging();
  const [chosen, setChosen] = useState('');
  const [version, setVersion] = useState('');
  const bind = useMutation({
    mutationFn: async () => {
      const endpoint = endpoints.data?.find((one) => keyOf(one) === chosen);
      if (endpoint === undefined) throw new Error('Choose an endpoint.');
      const body = { procedure: id, ...(version === '' ? {} : { version: Number(version) }) };
      return changing((options) => put<Binding>(resourceOf(endpoint.profile, endpoint.id, flow), { body, ...options }));
    },
    onSuccess: () => toast.done(`${id} answers ${flow} there now.`),
    onSettled: forget,
  });
  const failure = failureOf(bind.error);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    bind.mutate();
  };
  if (endpoints.error !== null) return <ErrorState error={endpoints.error} retry={() => void endpoints.refetch()} />;
  return (
    <form className="card stack" onSubmit={submit} noValidate>
      <h2>Bind it to an endpoint</h2>
      {activeVersion === null && <Notice kind="info">No version is active: bind it to a version, or activate one first.</Notice>}
      <div className="sides">
        <SelectField
          label="Endpoint"
          pointer="/endpoint"
          value={chosen}
          onChange={setChosen}
          options={[
            ['', 'Choose …'],
            ...(endpoints.data ?? []).map(
              (endpoint) => [keyOf(endpoint), `${endpoint.id} of ${endpoint.profile} (${endpoint.path})`] as const,
            ),
          ]}
        />
        <SelectField
          label="Version"
          pointer="/version"
          value={version}
          onChange={setVersion}
          options={[
            ['', 'The active one, whichever it is'],
            ...versions.map((one) => [String(one.version), `Always version ${one.version}`] as const),
          ]}
        />
      </div>
      {failure !== null && (
        <p className="field-error" role="alert">
          {messageOf(failure)}
        </p>
      )}
      <div className="row">
        <Button type="submit" busy={bind.isPending}>
          Bind
        </Button>
      </div>
    </form>
  );
}

function messageOf(error: Error): string {
  const errors = 'errors' in error ? (error.errors as readonly { readonly message: string }[]) : [];
  return errors.length === 0 ? error.message : errors.map(({ message }) => message).join('; ');
}

function resourceOf(profile: string, endpoint: string, flow: string): string {
  return path`/profiles/${profile}/endpoints/${endpoint}/bindings/${flow}`;
}

function keyOf({ profile, id }: { readonly profile: string; readonly id: string }): string {
  return JSON.stringify([profile, id]);
}
