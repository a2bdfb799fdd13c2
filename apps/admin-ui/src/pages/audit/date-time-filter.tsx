import { useId } from 'react';

/** A moment in the zone of the browser, as `2026-11-22T10:30`; empty for none. */
export function DateTimeFilter({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className="audit-time">
      <label htmlFor={id}>{label}</label>
      <input id={id} className="input" type="datetime-local" value={value} onChange={({ target }) => onChange(target.value)} />
    </div>
  );
}

/** Seconds since 1970; undefined for what is no moment. */
export function secondsOf(value: string): number | undefined {
  const milliseconds = Date.parse(value);
  return Number.isNaN(milliseconds) || milliseconds < 0 ? undefined : Math.floor(milliseconds / 1000);
}
