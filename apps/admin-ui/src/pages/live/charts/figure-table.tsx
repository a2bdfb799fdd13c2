import { useState } from 'react';
import type { ChartData } from './chart.tsx';

/** What a chart shows, as a table: made when somebody opens it. */
export function FigureTable({ data: { title, times, lines, format, formatTime } }: { readonly data: ChartData }) {
  const [isOpen, setOpen] = useState(false);
  const rows = isOpen
    ? times.map((at, index) => ({ at, index })).filter(({ index }) => lines.some(({ values }) => (values[index] ?? null) !== null))
    : [];
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        As a table<span className="visually-hidden">: {title}</span>
      </summary>
      {isOpen && (
        <div className="chart-table" tabIndex={0} role="region" aria-label={`${title}, as a table`}>
          <table>
            <caption className="visually-hidden">{title}, newest first; steps in which nothing ran are left out</caption>
            <thead>
              <tr>
                <th scope="col">From</th>
                {lines.map(({ label }) => (
                  <th key={label} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.toReversed().map(({ at, index }) => (
                <tr key={at}>
                  <th scope="row">{formatTime(at)}</th>
                  {lines.map(({ label, values }) => {
                    const value = values[index] ?? null;
                    return <td key={label}>{value === null ? '–' : format(value)}</td>;
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
