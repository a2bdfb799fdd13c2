import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { post } from '../../api/request.ts';
import type { DescribedFlow, Procedure, ScriptLanguage } from '../../api/script-types.ts';
import { Button } from '../../components/button.tsx';
import { SelectField, TextArea, TextField } from '../../components/field.tsx';
import { FormErrors } from '../../components/form-errors.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { keepDraft } from '../../scripts/draft.ts';
import { useFlow, useFlows, useForgetScripts } from '../../scripts/script-data.ts';
import { useAdministrator } from '../../session/session.ts';
import { examplesFor, type Example } from './examples.ts';
import './procedures.css';

const FIELDS = ['/id', '/flow', '/description'] as const;
const FIRST_FLOW = 'oauth-introspect';

/** Creates a procedure and opens it with a first text, which is saved when one likes it. */
export function NewProcedurePage() {
  const navigate = useNavigate();
  const forget = useForgetScripts();
  const administrator = useAdministrator().id;
  const [parameters] = useSearchParams();
  const [id, setId] = useState('');
  const [flow, setFlow] = useState(parameters.get('flow') ?? FIRST_FLOW);
  const [description, setDescription] = useState('');
  const [language, setLanguage] = useState<ScriptLanguage>('javascript');
  const [from, setFrom] = useState('default');
  const flows = useFlows();
  const described = useFlow(flow);
  const examples = useQuery({
    queryKey: ['examples', flow],
    queryFn: () => examplesFor(flow),
    staleTime: Infinity,
  });
  const chosen = examples.data?.some(({ name }) => `example ${name}` === from) === true || from === 'empty' ? from : 'default';
  const create = useMutation({
    mutationFn: async () => (await post<Procedure>('/procedures', { body: { id, flow, description } })).data,
    onSuccess: async (procedure) => {
      if (described.data !== undefined) {
        const source = textFor(chosen, language, described.data, examples.data ?? []);
        keepDraft(
          { administrator, kind: 'procedure', id: procedure.id },
          { source, language, libraries: [], secrets: [], base: 0, latest: 0, at: Date.now(), isFirst: true },
        );
      }
      await forget();
      await navigate(`/procedures/${encodeURIComponent(procedure.id)}`);
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <>
      <PageHeader title="New procedure" parent={{ to: '/procedures', label: 'Procedures' }} />
      {flows.error !== null ? (
        <ErrorState error={flows.error} retry={() => void flows.refetch()} />
      ) : flows.data === undefined ? (
        <LoadingState />
      ) : (
        <form className="card new-procedure" onSubmit={submit} noValidate>
          <FormErrors error={create.error} fields={FIELDS}>
            <TextField
              label="Name"
              pointer="/id"
              value={id}
              onChange={setId}
              required
              maxLength={64}
              className="mono"
              autoCapitalize="none"
              hint="Bindings and tests call it so. It stays."
            />
            <SelectField
              label="Flow"
              pointer="/flow"
              value={flow}
              onChange={setFlow}
              options={flows.data.map((one) => [one.id, `${one.id}: ${one.title}`])}
              hint="Which requests it answers. It stays, too."
            />
            <SelectField
              label="Language"
              pointer="/language"
              value={language}
              onChange={(value) => setLanguage(value as ScriptLanguage)}
              options={[
                ['javascript', 'JavaScript'],
                ['typescript', 'TypeScript, whose types are checked strictly'],
              ]}
            />
            <SelectField
              label="Begin with"
              pointer="/from"
              value={chosen}
              onChange={setFrom}
              options={[
                ['default', 'The shipped procedure of the flow'],
                ...(examples.data ?? []).map(({ name }) => [`example ${name}`, `Example: ${name}`] as const),
                ['empty', 'An empty function'],
              ]}
            />
            <TextArea label="Description" pointer="/description" value={description} onChange={setDescription} maxLength={1000} />
            <div className="row">
              <Button type="submit" kind="primary" busy={create.isPending}>
                Create
              </Button>
              <span className="muted">Nothing answers by it until you save a version, activate it and bind it.</span>
            </div>
          </FormErrors>
        </form>
      )}
    </>
  );
}

function textFor(
  from: string,
  language: ScriptLanguage,
  { contextTypes, default: shipped }: DescribedFlow,
  examples: readonly Example[],
): string {
  const type = contextTypes[0] ?? 'object';
  const text = from === 'default' ? shipped.source : examples.find(({ name }) => `example ${name}` === from)?.source;
  if (text !== undefined) return language === 'typescript' ? typed(text, type) : text;
  return language === 'typescript'
    ? `function result(context: ${type}): object {\n  return {};\n}\n`
    : `/** @param {${type}} context */\nfunction result(context) {\n  return {};\n}\n`;
}

/** A JavaScript text as the TypeScript that it nearly is: the context's type moves from the tag to the parameter. */
function typed(text: string, type: string): string {
  return text.replace(/function result\(\s*([\w$]+)\s*\)/u, `function result($1: ${type})`);
}
