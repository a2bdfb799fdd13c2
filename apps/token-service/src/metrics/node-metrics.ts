import { Gauge, type Registry } from 'prom-client';

/** How a node is. */
export interface NodeState {
  readonly version: string;
  readonly revision: number;
  readonly ready: boolean;
}

/** The node itself. */
export function addNodeMetrics(registry: Registry, node: () => NodeState): void {
  const registers = [registry];
  new Gauge({
    name: 'tokenwright_build_info',
    help: 'Always 1; the version is in the label.',
    labelNames: ['version'],
    registers,
    collect() {
      this.set({ version: node().version }, 1);
    },
  });
  new Gauge({
    name: 'tokenwright_ready',
    help: 'Whether the node can serve: 1 or 0.',
    registers,
    collect() {
      this.set(node().ready ? 1 : 0);
    },
  });
  new Gauge({
    name: 'tokenwright_configuration_revision',
    help: 'Revision of the configuration in force on this node: nodes of one database that differ for long do not hear of changes.',
    registers,
    collect() {
      this.set(node().revision);
    },
  });
}
