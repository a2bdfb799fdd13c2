import { pino, type Logger } from 'pino';
import type { ExecutionLog } from '#libs/oauth';
import type { Settings } from './settings.ts';

/** The structured log, JSON lines on standard error, so that standard output is free for people. */
export function openLog(level: Settings['logLevel']): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
}

export function executionLog(log: Logger): ExecutionLog {
  return {
    write(level, message, fields) {
      log[level](fields, message);
    },
  };
}
