import { useEffect, useId, useRef, useState } from 'react';
import { Icon } from '../shell/icon.tsx';
import './filter-field.css';

/** While somebody types. */
const PAUSE_MILLISECONDS = 250;

/** A search field that tells what was typed after a short pause, and at once by Enter. */
export function FilterField({
  label,
  value,
  onChange,
  placeholder,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly placeholder?: string;
}) {
  const id = useId();
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // It was changed from outside, as by going back.
  if (value !== known) {
    setKnown(value);
    setText(value);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const tell = (next: string) => {
    clearTimeout(timer.current);
    if (next === value) return;
    setKnown(next);
    onChange(next);
  };
  return (
    <search className="filter">
      <label className="visually-hidden" htmlFor={id}>
        {label}
      </label>
      <Icon name="search" />
      <input
        id={id}
        className="input"
        type="search"
        value={text}
        placeholder={placeholder ?? label}
        maxLength={256}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => {
          setText(target.value);
          clearTimeout(timer.current);
          timer.current = setTimeout(tell, PAUSE_MILLISECONDS, target.value);
        }}
        onKeyDown={({ key }) => key === 'Enter' && tell(text)}
      />
    </search>
  );
}
