import type { LoggerService } from '@nestjs/common';
import type { AdminLog } from './admin-services.ts';

/** Hands what the framework says to the log of the service; its chatter at start is for debugging only. */
export class FrameworkLog implements LoggerService {
  constructor(private readonly target: AdminLog) {}

  log(message: unknown, ...details: readonly unknown[]): void {
    this.target.debug({ framework: details.at(-1) }, String(message));
  }

  warn(message: unknown, ...details: readonly unknown[]): void {
    this.target.warn({ framework: details.at(-1) }, String(message));
  }

  error(message: unknown, ...details: readonly unknown[]): void {
    this.target.error({ framework: details.at(-1), ...(message instanceof Error ? { err: message } : {}) }, String(message));
  }
}
