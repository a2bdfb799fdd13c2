import { useId } from 'react';
import { Button } from '../../../components/button.tsx';
import { useFieldErrors } from '../../../components/form-errors.tsx';
import type { Pair } from './context-draft.ts';

/** Names with values, such as the parameters of a form. */
export function PairsField({
  label,
  one,
  pointer,
  value,
  suggestions = [],
  onChange,
}: {
  readonly label: string;
  /** What one of them is called. */
  readonly one: string;
  readonly pointer: string;
  readonly value: readonly Pair[];
  /** Names that are known to change something. */
  readonly suggestions?: readonly string[];
  readonly onChange: (value: readonly Pair[]) => void;
}) {
  const names = useId();
  const errors = useFieldErrors(pointer);
  const change = (at: number, members: Partial<Pair>) => onChange(value.map((pair, i) => (i === at ? { ...pair, ...members } : pair)));
  return (
    <fieldset className="field try-pairs">
      <legend className="field-label">{label}</legend>
      {value.map((pair, i) => (
        // They have no identity but their place.
        <div key={i} className="try-pair">
          <input
            className="input"
            aria-label={`Name of ${one} ${i + 1}`}
            placeholder="name"
            list={names}
            autoComplete="off"
            spellCheck={false}
            value={pair.name}
            onChange={({ target }) => change(i, { name: target.value })}
          />
          <input
            className="input"
            aria-label={`Value of ${one} ${i + 1}`}
            placeholder="value"
            autoComplete="off"
            spellCheck={false}
            value={pair.value}
            onChange={({ target }) => change(i, { value: target.value })}
          />
          <Button small kind="quiet" aria-label={`Remove ${one} ${i + 1}`} onClick={() => onChange(value.filter((_, each) => each !== i))}>
            Remove
          </Button>
        </div>
      ))}
      <datalist id={names}>
        {suggestions.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {errors.map((error) => (
        <p className="field-error" key={error}>
          {error}
        </p>
      ))}
      <Button small onClick={() => onChange([...value, { name: '', value: '' }])}>
        Add a {one}
      </Button>
    </fieldset>
  );
}
