export * from './execution-filter.ts';
export type { ExecutionOutcomeName } from './execution-ring.ts';
export * from './execution-source.ts';
export * from './execution-stream.ts';
export type { ExecutionView } from './execution-view.ts';
export * from './executions.ts';
export * from './statistics/statistics-view.ts';
