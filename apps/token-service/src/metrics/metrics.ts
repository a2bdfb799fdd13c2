import { Registry } from 'prom-client';
import type { OAuthService, Sandbox } from '#libs/oauth';
import { addNodeMetrics, type NodeState } from './node-metrics.ts';
import { processMetrics } from './process-metrics.ts';
import { addProcedureMetrics } from './procedure-metrics.ts';
import { addSandboxMetrics } from './sandbox-metrics.ts';
import { addServiceMetrics } from './service-metrics.ts';

/** What metrics are read from. */
export interface MetricSources {
  readonly service: Pick<OAuthService, 'counts' | 'executions'>;
  readonly sandbox: Pick<Sandbox, 'status'>;
  readonly node: () => NodeState;
}

/**
 * The metrics of a node, in the text format of Prometheus. Whoever counts keeps plain numbers, and knows nothing of this; they are read
 * when somebody asks. A new metric is a line in the file of what it is about, or a file of its own that is named here.
 */
export class Metrics {
  readonly #registry = new Registry();

  constructor({ service, sandbox, node }: MetricSources) {
    addNodeMetrics(this.#registry, node);
    addServiceMetrics(this.#registry, service.counts);
    addProcedureMetrics(this.#registry, service.executions);
    addSandboxMetrics(this.#registry, sandbox);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    return Registry.merge([this.#registry, processMetrics()]).metrics();
  }
}
