export { openSandbox } from './open-sandbox.ts';
export type { IsolationWish, Level, SandboxLog, SandboxOptions } from './options.ts';
export { SandboxError } from './sandbox-error.ts';
