export * from './open-host-services.ts';
export type { Resolve } from './guarded-connection.ts';
