import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { all } from '../api/all.ts';
import type { Library } from '../api/script-types.ts';
import { Button } from '../components/button.tsx';
import type { Edited } from './draft.ts';

/** Which libraries and secrets the next version may use. */
export function UsesEditor({
  edited,
  change,
  readOnly,
}: {
  readonly edited: Edited;
  readonly change: (members: Partial<Edited>) => void;
  readonly readOnly: boolean;
}) {
  const { libraries, secrets } = edited;
  const known = useQuery({ queryKey: ['/libraries', 'all'], queryFn: ({ signal }) => all<Library>('/libraries', {}, signal) });
  const used = new Set(libraries.map((pin) => pin.split('@')[0]));
  const choices = (known.data ?? []).filter(({ id, activeVersion }) => activeVersion !== null && !used.has(id));
  const count = libraries.length + secrets.length;
  return (
    <details className="uses">
      <summary>
        Libraries and secrets
        <span className="muted"> {count === 0 ? 'none' : [...libraries, ...secrets].join(', ')}</span>
      </summary>
      <div className="uses-body">
        <section aria-label="Libraries">
          <h2>Libraries</h2>
          <p className="field-hint">In the order of their evaluation. A version stays with the library’s version that it was saved with.</p>
          <ul className="uses-list">
            {libraries.map((pin, at) => (
              <li key={pin}>
                <code>{pin}</code>
                <NewerVersion
                  pin={pin}
                  known={known.data ?? []}
                  replace={(by) => change({ libraries: libraries.with(at, by) })}
                  readOnly={readOnly}
                />
                {!readOnly && (
                  <>
                    {at > 0 && (
                      <Button small kind="quiet" onClick={() => change({ libraries: moved(libraries, at) })}>
                        Up<span className="visually-hidden"> {pin}</span>
                      </Button>
                    )}
                    <Button small kind="quiet" onClick={() => change({ libraries: libraries.toSpliced(at, 1) })}>
                      Remove<span className="visually-hidden"> {pin}</span>
                    </Button>
                  </>
                )}
              </li>
            ))}
          </ul>
          {!readOnly && (
            <Adding
              label="Add a library"
              choices={choices.map(({ id, activeVersion }) => `${id}@${activeVersion ?? 0}`)}
              none="There is no other library with an active version."
              add={(pin) => change({ libraries: [...libraries, pin] })}
            />
          )}
        </section>
        <section aria-label="Secrets">
          <h2>Secrets</h2>
          <p className="field-hint">
            By <code>secrets.get(name)</code> it may read those of the profile that it answers for, once it is activated or bound.
          </p>
          <ul className="uses-list">
            {secrets.map((secret, at) => (
              <li key={secret}>
                <code>{secret}</code>
                {!readOnly && (
                  <Button small kind="quiet" onClick={() => change({ secrets: secrets.toSpliced(at, 1) })}>
                    Remove<span className="visually-hidden"> {secret}</span>
                  </Button>
                )}
              </li>
            ))}
          </ul>
          {!readOnly && <AddSecret secrets={secrets} add={(secret) => change({ secrets: [...secrets, secret] })} />}
        </section>
      </div>
    </details>
  );
}

function NewerVersion(props: {
  readonly pin: string;
  readonly known: readonly Library[];
  readonly replace: (pin: string) => void;
  readonly readOnly: boolean;
}) {
  const { pin, known, replace, readOnly } = props;
  const [library = '', version = ''] = pin.split('@');
  const active = known.find(({ id }) => id === library)?.activeVersion ?? null;
  if (active === null || String(active) === version || readOnly) return null;
  return (
    <Button small onClick={() => replace(`${library}@${active}`)}>
      Change to {active}, which is active<span className="visually-hidden"> of {library}</span>
    </Button>
  );
}

function Adding({
  label,
  choices,
  none,
  add,
}: {
  readonly label: string;
  readonly choices: readonly string[];
  readonly none: string;
  readonly add: (choice: string) => void;
}) {
  if (choices.length === 0) return <p className="field-hint">{none}</p>;
  return (
    <select className="input uses-add" aria-label={label} value="" onChange={({ target }) => target.value !== '' && add(target.value)}>
      <option value="">{label} …</option>
      {choices.map((choice) => (
        <option key={choice}>{choice}</option>
      ))}
    </select>
  );
}

const SECRET = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u;

function AddSecret({ secrets, add }: { readonly secrets: readonly string[]; readonly add: (secret: string) => void }) {
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState('');
  const id = useId();
  const submit = () => {
    const problem = SECRET.test(name)
      ? secrets.includes(name)
        ? 'It is there already.'
        : ''
      : 'A name begins with a letter or digit and has letters, digits, dots, dashes and underscores.';
    setWrong(problem);
    if (problem !== '') return;
    setName('');
    add(name);
  };
  return (
    <div>
      <label className="field-label" htmlFor={id}>
        Name of a secret
      </label>
      <div className="row uses-secret">
        <input
          id={id}
          className="input mono"
          value={name}
          maxLength={64}
          autoCapitalize="none"
          spellCheck={false}
          aria-invalid={wrong !== ''}
          aria-describedby={wrong === '' ? undefined : `${id}-wrong`}
          onChange={({ target }) => setName(target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            submit();
          }}
        />
        <Button onClick={submit}>Add</Button>
      </div>
      {wrong !== '' && (
        <p className="field-error" id={`${id}-wrong`} role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}

function moved(list: readonly string[], at: number): string[] {
  const [one = ''] = list.slice(at, at + 1);
  return list.toSpliced(at, 1).toSpliced(at - 1, 0, one);
}
