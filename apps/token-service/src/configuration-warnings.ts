import { configurationWarnings, type Configuration, type LiveConfiguration } from '#libs/oauth';

type Warn = (fields: object, message: string) => void;

/** Writes what is less safe than it may seem into the log: all of it at start, later what a change brings. */
export function warnOfConfiguration(live: LiveConfiguration, warn: Warn): void {
  const write = (now: Configuration, known: ReadonlySet<string>) => {
    for (const { kind, key, message } of configurationWarnings(now))
      if (!known.has(message)) warn({ kind, key: decodeURIComponent(key) }, message);
  };
  write(live.current, new Set());
  live.onChange((now, before) => write(now, new Set(configurationWarnings(before).map(({ message }) => message))));
}
