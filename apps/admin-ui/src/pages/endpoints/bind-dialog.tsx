import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { useAll } from '../../api/all.ts';
import { useChanged } from '../../api/changed.ts';
import { ChangeProposed } from '../../api/not-changed.ts';
import { path, put } from '../../api/request.ts';
import type { Binding, Flow, Procedure, ProcedureVersion } from '../../api/script-types.ts';
import { Button } from '../../components/button.tsx';
import { useChanging } from '../../components/changing.ts';
import { Dialog } from '../../components/dialog.tsx';
import { SelectField } from '../../components/field.tsx';
import { FormErrors } from '../../components/form-errors.tsx';
import { LoadingState } from '../../components/states.tsx';
import { useToast } from '../../components/toast.tsx';
import { useEndpointOf } from './endpoint-resource.ts';

/** Lets a procedure answer a flow, by its active version or by one that stays. Only procedures of the flow are offered. */
export function BindDialog({
  flow,
  binding,
  onClose,
}: {
  readonly flow: Flow;
  readonly binding: Binding | null;
  readonly onClose: () => void;
}) {
  const { resource, of, id } = useEndpointOf();
  const procedures = useAll<Procedure>('/procedures', { flow: flow.id });
  const [procedure, setProcedure] = useState(binding?.procedure ?? '');
  const [version, setVersion] = useState(binding?.version == null ? '' : String(binding.version));
  const versions = useAll<ProcedureVersion>(path`/procedures/${procedure}/versions`, {}, procedure !== '');
  const changed = useChanged();
  const changing = useChanging();
  const toast = useToast();
  const change = useMutation({
    mutationFn: () => {
      const body = { procedure, version: version === '' ? null : Number(version) };
      return changing((options) => put<Binding>(resource + path`/bindings/${flow.id}`, { body, ...options }));
    },
    onSuccess: async () => {
      toast.done(`${procedure} answers ${flow.id} at ${id}.`);
      onClose();
      await changed(`${of}/bindings`, '/procedures');
    },
    onError: (error) => error instanceof ChangeProposed && onClose(),
  });
  const chosen = procedures.data?.find((one) => one.id === procedure);
  const active = chosen?.activeVersion ?? null;
  const ready = procedure !== '' && (version !== '' || active !== null);
  return (
    <Dialog
      title={`What answers ${flow.id}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={change.isPending} aria-disabled={!ready} onClick={() => ready && change.mutate()}>
            Bind
          </Button>
        </>
      }
    >
      {procedures.data === undefined ? (
        <LoadingState />
      ) : procedures.data.length === 0 ? (
        <p>
          There is no procedure for this flow yet. <Link to="/procedures">Write one first.</Link>
        </p>
      ) : (
        <FormErrors error={change.error} fields={['/procedure', '/version']}>
          <p>It decides from the next request on, at this endpoint.</p>
          <SelectField
            label="Procedure"
            pointer="/procedure"
            options={[['', 'Choose one'], ...procedures.data.map((one) => [one.id, one.id] as const)]}
            value={procedure}
            onChange={(value) => {
              setProcedure(value);
              setVersion('');
            }}
          />
          {procedure !== '' && (
            <SelectField
              label="Version"
              pointer="/version"
              hint={
                version === ''
                  ? 'Another one that is activated later answers here as well.'
                  : 'It stays, whatever is activated, until it is changed here.'
              }
              options={[
                ['', active === null ? 'the active one (there is none yet: pin one)' : `the active one, now version ${active}`],
                ...[...(versions.data ?? [])]
                  .reverse()
                  .map((one) => [String(one.version), `version ${one.version}${one.note === '' ? '' : ` – ${one.note}`}`] as const),
              ]}
              value={version}
              onChange={setVersion}
            />
          )}
        </FormErrors>
      )}
    </Dialog>
  );
}
