import { useId, type RefObject } from 'react';
import { isProblem } from '../../../api/api-error.ts';
import type { Sample } from '../../../api/script-types.ts';
import { Button } from '../../../components/button.tsx';
import { SelectField, TextArea } from '../../../components/field.tsx';
import { FormErrors } from '../../../components/form-errors.tsx';
import { useFlow } from '../../../scripts/script-data.ts';
import { ContextFields, FIELDS } from './context-fields.tsx';
import { contextOf, type ContextDraft, type Source } from './context-draft.ts';
import type { Place, Places } from './place.ts';
import type { Takes } from './takes.ts';

const SOURCES: readonly (readonly [Source, string])[] = [
  ['fields', 'Client and person'],
  ['token', 'A token'],
  ['sample', 'A saved sample'],
  ['json', 'JSON'],
];

/** Where it is tried, and what it is tried in. */
export function ContextForm(props: {
  readonly draft: ContextDraft;
  readonly takes: Takes;
  readonly flow: string;
  /** No client of the profile may do what the flow is about. */
  readonly isWithoutClient: boolean;
  readonly places: Places;
  readonly samples: readonly Sample[];
  readonly token: RefObject<HTMLTextAreaElement | null>;
  readonly change: (members: Partial<ContextDraft>) => void;
  readonly choosePlace: (place: Place) => void;
  /** Why nothing could be run. */
  readonly error: Error | null;
}) {
  const { draft, takes, flow, isWithoutClient, places, samples, token, change, choosePlace, error } = props;
  const { all, chosen, scopes } = places;
  const name = useId();
  const isPlaced = draft.source !== 'sample';
  const sources = SOURCES.filter(([source]) => (source === 'token' ? takes.token : true)).map(
    ([source, label]) => [source, source === 'fields' && !takes.person ? (takes.client ? 'A client' : 'Fields') : label] as const,
  );
  const go = (source: Source) => {
    if (source === 'json' && draft.json.trim() === '') change({ source, json: asJson(draft, takes) });
    else change({ source });
  };
  return (
    // What the check finds is told with the result.
    <FormErrors error={isProblem(error, 'procedure-refused') ? null : error} fields={draft.source === 'json' ? ['/json'] : FIELDS}>
      <fieldset>
        <legend className="visually-hidden">What it is tried in</legend>
        <div className="try-sources">
          {sources.map(([source, label]) => (
            <label key={source} className="try-source">
              <input type="radio" name={name} checked={draft.source === source} onChange={() => go(source)} />
              <span>{label}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {isPlaced && all.length > 1 && (
        <SelectField
          label="Endpoint"
          pointer="/endpoint"
          value={String(all.findIndex((place) => place === chosen))}
          options={all.map(({ profile, endpoint }, i) => [String(i), `${endpoint} of ${profile}`] as const)}
          onChange={(i) => {
            const place = all[Number(i)];
            if (place !== undefined) choosePlace(place);
          }}
        />
      )}
      {draft.source === 'sample' &&
        (samples.length === 0 ? (
          <p className="muted">There are no samples yet. Run it otherwise, then save that as one.</p>
        ) : (
          <SelectField
            label="Sample"
            pointer="/sample"
            value={draft.sample ?? ''}
            options={samples.map((sample) => [sample.name, sample.name] as const)}
            onChange={(sample) => change({ sample })}
          />
        ))}
      {draft.source === 'json' && (
        <>
          <TextArea
            label="Context as JSON"
            hint="As a dry run of the admin API takes it: client, account or subject, scopes, tokenData, form, request, answers."
            pointer="/json"
            className="mono"
            rows={8}
            value={draft.json}
            onChange={(json) => change({ json })}
          />
          <div className="row">
            <Button small onClick={() => change({ json: asJson(draft, takes) })}>
              Take it from the fields again
            </Button>
            <ShippedSamples flow={flow} onChoose={(json) => change({ json })} />
          </div>
        </>
      )}
      {(draft.source === 'fields' || draft.source === 'token') && chosen !== null && (
        <ContextFields
          draft={draft}
          takes={takes}
          isWithoutClient={isWithoutClient}
          profile={chosen.profile}
          scopes={scopes}
          token={token}
          change={change}
        />
      )}
    </FormErrors>
  );
}

/** Contexts that come along with the service, to begin with. */
function ShippedSamples({ flow, onChoose }: { readonly flow: string; readonly onChoose: (json: string) => void }) {
  const samples = useFlow(flow).data?.samples ?? [];
  if (samples.length === 0) return null;
  return (
    <select
      className="input try-shipped"
      aria-label="Begin with an example"
      value=""
      onChange={({ target }) => onChoose(JSON.stringify(samples.find(({ name }) => name === target.value)?.context ?? {}, null, 2))}
    >
      <option value="">Begin with an example …</option>
      {samples.map(({ name, title }) => (
        <option key={name} value={name}>
          {title}
        </option>
      ))}
    </select>
  );
}

/** What is in the fields. Where they cannot be read there is nothing to begin with. */
function asJson(draft: ContextDraft, takes: Takes): string {
  try {
    return JSON.stringify(contextOf({ ...draft, source: 'fields' }, takes, ''), null, 2);
  } catch {
    return '{}';
  }
}
