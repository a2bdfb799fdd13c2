type Label = string | number;
type Node = Map<Label, Node | { count: number }>;

/** How often something has happened since the start, by labels that are known beforehand. Adding to a count makes no text. */
export class Tally<Labels extends readonly Label[]> {
  readonly #root: Node = new Map();

  add(...labels: Labels): void {
    const last = labels.length - 1;
    let node = this.#root;
    for (let i = 0; i < last; i++) {
      const label = labels[i] as Label;
      let next = node.get(label) as Node | undefined;
      if (next === undefined) node.set(label, (next = new Map()));
      node = next;
    }
    const counted = node.get(labels[last] as Label) as { count: number } | undefined;
    if (counted === undefined) node.set(labels[last] as Label, { count: 1 });
    else counted.count++;
  }

  /** Zero where it never happened. */
  count(...labels: Labels): number {
    let found: Node | { count: number } | undefined = this.#root;
    for (const label of labels) found = found instanceof Map ? found.get(label) : undefined;
    return found === undefined || found instanceof Map ? 0 : found.count;
  }

  /** What has happened at least once. */
  *[Symbol.iterator](): Generator<{ readonly labels: Labels; readonly count: number }> {
    for (const { labels, count } of counts(this.#root, [])) yield { labels: labels as unknown as Labels, count };
  }
}

function* counts(node: Node, above: readonly Label[]): Generator<{ readonly labels: readonly Label[]; readonly count: number }> {
  for (const [label, below] of node) {
    const labels = [...above, label];
    if (below instanceof Map) yield* counts(below, labels);
    else yield { labels, count: below.count };
  }
}
