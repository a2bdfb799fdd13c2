import { Counter, type Registry } from 'prom-client';

/** A counter that is read from plain numbers when somebody asks, and costs nothing else. */
export interface ReadCounter<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  /** All of it: values of the labels in their order, and how often. */
  readonly read: () => Iterable<{ readonly labels: readonly (string | number)[]; readonly count: number }>;
}

export function addCounter<Label extends string>(registry: Registry, { name, help, labelNames, read }: ReadCounter<Label>): void {
  new Counter<Label>({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, count } of read())
        this.inc(Object.fromEntries(labelNames.map((label, i) => [label, labels[i]])) as Record<Label, string | number>, count);
    },
  });
}
