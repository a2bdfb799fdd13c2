import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type RefObject,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from 'react';
import { useFieldErrors } from './form-errors.tsx';

interface Common {
  readonly label: string;
  readonly hint?: ReactNode;
  /** JSON pointer of the member in the body that is sent: errors of it, and of what is in it, are shown here. Several for a field of several members; `/scopes/read#` for the name of the member alone, as in relative pointers. RFC 6901. */
  readonly pointer: string | readonly string[];
}

/** Label, hint and errors of a field, tied to it for screen readers. */
function Framed({ label, hint, pointer, children }: Common & { readonly children: (attributes: object) => ReactNode }) {
  const id = useId();
  const errors = useFieldErrors(pointer);
  const described = [hint === undefined ? null : `${id}-hint`, errors.length === 0 ? null : `${id}-error`].filter((part) => part !== null);
  const attributes = {
    id,
    'aria-invalid': errors.length > 0 || undefined,
    'aria-describedby': described.length === 0 ? undefined : described.join(' '),
  };
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {children(attributes)}
      {hint !== undefined && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div id={`${id}-error`}>
        <Errors of={errors} />
      </div>
    </div>
  );
}

type Own<A> = Common & Omit<A, 'id' | 'onChange' | 'value'> & { readonly value: string; readonly onChange: (value: string) => void };

export function TextField({ label, hint, pointer, onChange, className = '', ...rest }: Own<InputHTMLAttributes<HTMLInputElement>>) {
  return (
    <Framed {...framed(label, hint, pointer)}>
      {(attributes) => (
        <input
          type="text"
          autoComplete="off"
          spellCheck={false}
          {...rest}
          {...attributes}
          className={`input ${className}`}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Framed>
  );
}

export function TextArea({ label, hint, pointer, onChange, className = '', ...rest }: Own<TextareaHTMLAttributes<HTMLTextAreaElement>>) {
  return (
    <Framed {...framed(label, hint, pointer)}>
      {(attributes) => (
        <textarea
          rows={3}
          spellCheck={false}
          {...rest}
          {...attributes}
          className={`input ${className}`}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Framed>
  );
}

/**
 * Where a token is pasted. The field keeps it, and nobody else does: not the state of the page, which tools and storage could show.
 *
 * @param longest characters
 */
export function TokenField({
  field,
  hint,
  longest,
}: {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly hint: string;
  readonly longest: number;
}) {
  return (
    <Framed label="Token" hint={hint} pointer="/token">
      {(attributes) => (
        <textarea
          ref={field}
          rows={3}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={longest}
          {...attributes}
          className="input mono"
        />
      )}
    </Framed>
  );
}

export function SelectField(
  props: Own<SelectHTMLAttributes<HTMLSelectElement>> & { readonly options: readonly (readonly [value: string, label: string])[] },
) {
  const { label, hint, pointer, onChange, options, ...rest } = props;
  return (
    <Framed {...framed(label, hint, pointer)}>
      {(attributes) => (
        <select {...rest} {...attributes} className="input" onChange={({ target }) => onChange(target.value)}>
          {options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Framed>
  );
}

export function CheckField({
  label,
  hint,
  pointer,
  checked,
  onChange,
  disabled = false,
}: Common & {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
}) {
  const id = useId();
  const errors = useFieldErrors(pointer);
  return (
    <div className="field">
      <label className="check">
        <input
          type="checkbox"
          checked={checked}
          disabled={disabled}
          aria-invalid={errors.length > 0 || undefined}
          aria-describedby={`${id}-text`}
          onChange={({ target }) => onChange(target.checked)}
        />
        <span>{label}</span>
      </label>
      <div id={`${id}-text`}>
        {hint !== undefined && <p className="field-hint">{hint}</p>}
        <Errors of={errors} />
      </div>
    </div>
  );
}

/** Any number of a few choices. */
export function ChoicesField({
  label,
  hint,
  pointer,
  value,
  options,
  onChange,
}: Common & {
  readonly value: readonly string[];
  readonly options: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}) {
  const id = useId();
  const errors = useFieldErrors(pointer);
  return (
    <fieldset className="field" aria-describedby={`${id}-text`}>
      <legend className="field-label">{label}</legend>
      <div className="choices">
        {options.map((option) => (
          <label className="check" key={option}>
            <input
              type="checkbox"
              checked={value.includes(option)}
              onChange={({ target }) => onChange(options.filter((each) => (each === option ? target.checked : value.includes(each))))}
            />
            <span>{option}</span>
          </label>
        ))}
      </div>
      <div id={`${id}-text`}>
        {hint !== undefined && <p className="field-hint">{hint}</p>}
        <Errors of={errors} />
      </div>
    </fieldset>
  );
}

function Errors({ of }: { readonly of: readonly string[] }) {
  return of.map((error) => (
    <p className="field-error" key={error}>
      {error}
    </p>
  ));
}

/** Without members that are undefined. */
function framed(label: string, hint: ReactNode, pointer: Common['pointer']): Common {
  return { label, pointer, ...(hint === undefined ? {} : { hint }) };
}
