import type { Guest, LogLevel } from '../sandbox.ts';
import type { Print } from './printer.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * `logger` and `console`, two faces of the execution's log. Each `{}` of a format takes the next argument, `\{}` stays
 * `{}`, and in `\\{}` the backslash is text, as SLF4J has it; arguments left over follow, separated by spaces. The host bounds
 * the log as a whole.
 */
export function loggers(guest: Guest, print: Print) {
  function message(format: unknown, args: readonly unknown[]): string {
    let next = 0;
    const text = print(format).replace(/\\{0,2}\{\}/g, (found) => {
      if (found.length === 3) return '{}';
      return next < args.length ? `${found.slice(1, -2)}${print(args[next++])}` : found;
    });
    let whole = text;
    while (next < args.length) whole += ` ${print(args[next++])}`;
    // The log of a run has a limit; a line of it has none.
    return whole;
  }

  const at =
    (level: LogLevel) =>
    (format?: unknown, ...args: unknown[]): void =>
      guest.log(level, message(format, args));

  const logger = {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    isTraceEnabled: () => true,
    isDebugEnabled: () => true,
    isInfoEnabled: () => true,
    isWarnEnabled: () => true,
    isErrorEnabled: () => true,
  };
  const { trace, debug, info, warn, error } = logger;
  return { logger, console: { log: info, trace, debug, info, warn, error } };
}
