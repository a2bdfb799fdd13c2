import { nameOfKind } from '../../components/entity-names.ts';

const COUNT = new Intl.NumberFormat();
/** Those that people count in. */
const SHOWN = ['profile', 'endpoint', 'client', 'procedure', 'library', 'binding', 'token-issuer', 'signing-key', 'administrator'];

/** How many there are of each kind in the configuration. */
export function WhatThereIs({ entities }: { readonly entities: Readonly<Record<string, number>> }) {
  return (
    <section aria-labelledby="what-there-is">
      <h2 id="what-there-is">In the configuration</h2>
      <dl className="figures figures-small">
        {SHOWN.map((kind) => (
          <div key={kind} className="figure">
            <dt>{plural(nameOfKind(kind))}</dt>
            <dd>{COUNT.format(entities[kind] ?? 0)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function plural(name: string): string {
  const words = name.endsWith('y') && !name.endsWith('key') ? `${name.slice(0, -1)}ies` : `${name}s`;
  return words.charAt(0).toUpperCase() + words.slice(1);
}
