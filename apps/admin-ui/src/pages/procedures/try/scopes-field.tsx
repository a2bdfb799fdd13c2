import { useId } from 'react';
import { useFieldErrors } from '../../../components/form-errors.tsx';

/** Which scopes are asked for or given; all there are unless one says otherwise. */
export function ScopesField({
  all,
  value,
  onChange,
}: {
  readonly all: readonly string[];
  /** Null for all. */
  readonly value: readonly string[] | null;
  readonly onChange: (value: readonly string[] | null) => void;
}) {
  const id = useId();
  const errors = useFieldErrors('/scopes');
  const chosen = value ?? all;
  const toggle = (scope: string, isOn: boolean) => {
    const now = all.filter((each) => (each === scope ? isOn : chosen.includes(each)));
    onChange(now.length === all.length ? null : now);
  };
  return (
    <fieldset className="field" aria-describedby={`${id}-text`}>
      <legend className="field-label">Scopes</legend>
      {all.length === 0 ? (
        <p className="muted">There are none.</p>
      ) : (
        <div className="try-scopes">
          {all.map((scope) => (
            <label className="check" key={scope}>
              <input type="checkbox" checked={chosen.includes(scope)} onChange={({ target }) => toggle(scope, target.checked)} />
              <span>{scope}</span>
            </label>
          ))}
        </div>
      )}
      <div id={`${id}-text`}>
        {errors.map((error) => (
          <p className="field-error" key={error}>
            {error}
          </p>
        ))}
      </div>
    </fieldset>
  );
}
