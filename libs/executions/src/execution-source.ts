import type { OpenBody } from '#libs/oauth';
import type { ExecutionFilter } from './execution-filter.ts';
import { EXECUTION_STREAM_TIMES, ExecutionStream, type ExecutionStreamStart, type ExecutionStreamTimes } from './execution-stream.ts';
import type { ExecutionView } from './execution-view.ts';
import type { Executions } from './executions.ts';
import { statisticsView, type RequestLine, type RunLine, type StatisticsQuery } from './statistics/statistics-view.ts';

/**
 * Where operators read what runs. Answers are promises and name their nodes, so that one source may ask several nodes some day: today
 * each tells of itself.
 */
export interface ExecutionSource {
  /** The nodes that it tells of. */
  readonly nodes: readonly string[];
  /** Newest first; `next` is for `after`, null on the last page. */
  list(
    filter: ExecutionFilter,
    limit: number,
    after: string | null,
  ): Promise<{ readonly items: readonly ExecutionView[]; readonly next: string | null }>;
  find(id: string): Promise<ExecutionView | null>;
  statistics(query: StatisticsQuery): Promise<{ readonly runs: readonly RunLine[]; readonly requests: readonly RequestLine[] }>;
  /** @returns the stream, opened; `onEnd` is called when it has ended, by whoever */
  follow(body: OpenBody, start: ExecutionStreamStart, mayGoOn: () => Promise<boolean>, onEnd: () => void): FollowedExecutions;
}

/** A stream that somebody listens to. */
export interface FollowedExecutions {
  /** Ends it if its listener may not look on any more. */
  review(): Promise<void>;
  end(): void;
}

/** The executions of one node. */
export class NodeExecutions implements ExecutionSource {
  constructor(
    private readonly executions: Executions,
    private readonly times: ExecutionStreamTimes = EXECUTION_STREAM_TIMES,
  ) {}

  get nodes(): readonly string[] {
    return [this.executions.node];
  }

  async list(filter: ExecutionFilter, limit: number, after: string | null) {
    const items = this.executions.list(filter, limit + 1, after);
    const isMore = items.length > limit;
    return { items: isMore ? items.slice(0, limit) : items, next: isMore ? (items[limit - 1]?.id ?? null) : null };
  }

  async find(id: string): Promise<ExecutionView | null> {
    return this.executions.find(id);
  }

  async statistics(query: StatisticsQuery) {
    return statisticsView(this.executions.statistics, query);
  }

  follow(body: OpenBody, start: ExecutionStreamStart, mayGoOn: () => Promise<boolean>, onEnd: () => void): FollowedExecutions {
    const stream = new ExecutionStream(this.executions, body, start, this.times, mayGoOn, onEnd);
    stream.open();
    return stream;
  }
}
