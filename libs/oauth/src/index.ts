export * from './errors.ts';
export * from './stores.ts';
export * from './configuration/entities.ts';
export * from './configuration/configuration.ts';
export * from './procedures/sandbox.ts';
export * from './procedures/flows.ts';
export * from './procedures/host-calls.ts';
