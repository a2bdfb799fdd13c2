import { useId } from 'react';
import type { Hold, Pick } from './expectation.ts';

const PARTS = {
  outcome: 'Outcome',
  status: 'Status',
  error: 'Error',
  fault: 'Fails with',
  response: 'Response',
  claims: 'Claim of the JWT',
  headers: 'Header',
  log: 'Log has',
} as const;

/** What of a run must hold from then on. */
export function PicksField({ value, onChange }: { readonly value: readonly Pick[]; readonly onChange: (value: readonly Pick[]) => void }) {
  return (
    <fieldset className="field">
      <legend className="field-label">What must hold</legend>
      <ul className="try-picks">
        {value.map((pick, i) => (
          <Row key={i} pick={pick} onChange={(hold) => onChange(value.map((each, at) => (at === i ? { ...each, hold } : each)))} />
        ))}
      </ul>
    </fieldset>
  );
}

function Row({ pick: { part, name, value, hold }, onChange }: { readonly pick: Pick; readonly onChange: (hold: Hold) => void }) {
  const id = useId();
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const mayBeAny = (part === 'response' || part === 'claims' || part === 'headers') && value !== null;
  return (
    <li className="try-pick">
      <label htmlFor={id}>
        {PARTS[part]} {name !== '' && <code>{name}</code>}
        <span className="try-pick-value">{text}</span>
      </label>
      <select id={id} className="input" value={hold} onChange={({ target }) => onChange(target.value as Hold)}>
        <option value="value">must be so</option>
        {mayBeAny && <option value="kind">any {Array.isArray(value) ? 'list' : typeof value}</option>}
        <option value="nothing">does not matter</option>
      </select>
    </li>
  );
}
