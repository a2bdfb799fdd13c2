import { useEffect, useId, useState, type KeyboardEvent } from 'react';
import { useList } from '../api/list.ts';
import { useFieldErrors } from './form-errors.tsx';
import './search-box.css';

/** While somebody types. */
const PAUSE_MILLISECONDS = 200;
const SHOWN = 20;

export interface Choice {
  readonly key: string;
  readonly label: string;
  readonly hint?: string;
}

/**
 * One of many things of the service, found by typing: the service searches, and what it finds is offered below the field. A combobox with
 * a listbox. WAI-ARIA 1.2.
 */
export function SearchBox<T>(props: {
  readonly label: string;
  readonly hint?: string;
  readonly pointer: string;
  /** What is searched, by its query parameter `q`. */
  readonly resource: string;
  readonly choiceOf: (item: T) => Choice;
  readonly onChoose: (item: T) => void;
  /** What stands in the field while nobody types. */
  readonly value: string;
  /** What can be chosen beside what is found, of what was typed: before it where that is nothing, else after it. */
  readonly beside: (typed: string) => readonly (Choice & { readonly choose: () => void })[];
}) {
  const { label, hint, pointer, resource, choiceOf, onChoose, value, beside } = props;
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [q, setQ] = useState('');
  const [at, setAt] = useState(0);
  useEffect(() => {
    if (typed === null) return;
    const timer = setTimeout(() => setQ(typed.trim()), PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [typed]);
  const isOpen = typed !== null;
  const list = useList<T>(resource, { q }, { limit: SHOWN });
  const errors = useFieldErrors(pointer);

  const close = () => {
    setTyped(null);
    setQ('');
    setAt(0);
  };
  // What was found is of what was typed before: nobody means that by a key.
  const isSettled = !list.stale && !list.pending && q === (typed ?? '').trim();
  const found = list.items.map((item) => ({ ...choiceOf(item), choose: () => onChoose(item) }));
  const options = q === '' ? [...beside(''), ...found] : [...found, ...beside(q)];
  const active = options[Math.min(at, options.length - 1)];
  const idOf = ({ key }: Choice) => `${id}-${encodeURIComponent(key)}`;
  const take = (choice: (typeof options)[number] | undefined) => {
    choice?.choose();
    close();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (isOpen) setAt((Math.min(at, options.length - 1) + step + options.length) % Math.max(options.length, 1));
      else setTyped('');
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault();
      if (isSettled) take(active);
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  };
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <div className="search-box">
        <input
          id={id}
          className="input"
          role="combobox"
          aria-expanded={isOpen}
          aria-controls={`${id}-options`}
          aria-autocomplete="list"
          aria-activedescendant={isOpen && active !== undefined ? idOf(active) : undefined}
          aria-invalid={errors.length > 0 || undefined}
          aria-describedby={`${id}-text`}
          autoComplete="off"
          spellCheck={false}
          maxLength={256}
          value={typed ?? value}
          placeholder="Type to search"
          onClick={() => isOpen || setTyped('')}
          onChange={({ target }) => {
            setTyped(target.value);
            setAt(0);
          }}
          onKeyDown={keys}
          onBlur={close}
        />
        <div className="search-box-options" hidden={!isOpen}>
          <div role="listbox" id={`${id}-options`} aria-label={label} aria-busy={!isSettled}>
            {isOpen &&
              options.map((option) => (
                <div
                  key={option.key}
                  id={idOf(option)}
                  role="option"
                  aria-selected={option === active}
                  className="search-box-option"
                  // The field keeps the focus, and what was chosen is chosen before it is left.
                  onPointerDown={(event) => event.preventDefault()}
                  onClick={() => take(option)}
                >
                  {option.label}
                  {option.hint !== undefined && <span className="beneath">{option.hint}</span>}
                </div>
              ))}
          </div>
          <p className="search-box-more" role="status">
            {list.error !== null
              ? `They could not be read: ${list.error.message}`
              : !isSettled
                ? 'Searching …'
                : list.toNext !== null
                  ? `The first ${SHOWN} are shown: type more of it.`
                  : list.items.length === 0
                    ? q === ''
                      ? 'There are none.'
                      : 'None is found.'
                    : `${list.items.length} found`}
          </p>
        </div>
      </div>
      <div id={`${id}-text`}>
        {hint !== undefined && <p className="field-hint">{hint}</p>}
        {errors.map((error) => (
          <p className="field-error" key={error}>
            {error}
          </p>
        ))}
      </div>
    </div>
  );
}
