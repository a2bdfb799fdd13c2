import { relative } from 'node:path';
import Sequencer from '@jest/test-sequencer';

/**
 * About how long suites take, in seconds; those that are not here take little. jest knows better once it has run them here, and until
 * then it goes by the size of a file: a suite of a minute that begins last keeps everything waiting for that minute.
 */
const SECONDS = [
  ['libs/procedure-check/src/hostile-sources', 55],
  ['libs/sandbox/src/recovery', 70],
  ['libs/sandbox/src/attacks', 30],
  ['libs/sandbox/', 8],
  ['libs/persistence/src/postgres-processes', 25],
  ['libs/persistence/src/sqlite-processes', 17],
  ['libs/persistence/', 5],
  ['libs/oauth/src/procedures/secret-ceilings', 18],
  ['libs/oauth/src/procedures/ceilings', 12],
  ['libs/configuration/src/export-configuration', 11],
  ['libs/procedure-testing/', 8],
  ['test/http/client-authentication', 33],
  ['test/http/resource-server-feed', 26],
  ['test/http/hostile-procedures', 17],
  ['test/http/brute-force', 15],
  ['test/http/', 9],
  ['test/clients/', 15],
  ['test/browser/', 30],
  ['test/gateways/', 25],
  ['test/journeys/', 25],
];

/** What has failed the last time begins first, then what takes longest. */
export default class SlowestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const first = (test) => (this.hasFailed(test) ? Infinity : secondsOf(test));
    return [...sorted].sort((one, other) => (first(one) === first(other) ? 0 : first(other) - first(one)));
  }
}

/** The sort above is stable: among equals it stays with what jest has found. */
function secondsOf({ path, duration, context }) {
  if (duration !== undefined) return duration / 1000;
  const name = relative(context.config.rootDir, path).replaceAll('\\', '/');
  return SECONDS.find(([begin]) => name.startsWith(begin))?.[1] ?? 1;
}
