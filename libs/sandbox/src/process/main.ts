/*
 * The sandbox process. Started by the service with the socket pair's end as descriptor 3, with no other way to the outside;
 * runs until the service goes away or kills it. Nothing here knows of keys, databases or networks.
 */
import { writeSync } from 'node:fs';
import { FRAME, type ProcessConfiguration, type ProgramText } from '../frames.ts';
import { Connection, type Frame } from './connection.ts';
import { ProgramIsolate } from './program-isolate.ts';
import { ProgramShelf } from './program-shelf.ts';
import { RunLoop } from './run-loop.ts';
import { Watchdog } from './watchdog.ts';

/** The smallest program, built once to see that the prelude holds. */
const PROBE: ProgramText = { key: 'probe', flow: 'probe', source: 'function result() { return {}; }', libraries: [] };

function serve(connection: Connection): void {
  let shelf: ProgramShelf | null = null;
  let loop: RunLoop | null = null;
  let configuration: ProcessConfiguration | null = null;

  for (let frames = connection.read(); frames !== null; frames = connection.read()) {
    for (const frame of frames) {
      if (frame.kind === FRAME.configure) {
        configuration = JSON.parse(frame.text) as ProcessConfiguration;
        const watchdog = configuration.role === 'fast' ? new Watchdog() : null;
        shelf = new ProgramShelf(configuration, watchdog);
        loop = new RunLoop(configuration, connection, shelf, watchdog);
        connection.reply(frame.id, probe(configuration));
      } else if (configuration === null || shelf === null || loop === null) return;
      else if (frame.kind === FRAME.batch) loop.batch(frame);
      else if (frame.kind === FRAME.run) loop.run(frame);
      else if (frame.kind === FRAME.measure) loop.measure(frame);
      else if (frame.kind === FRAME.load) {
        // This takes a while; what is done must not look undone meanwhile.
        connection.flush();
        const accepted = shelf.load(frame.program, JSON.parse(frame.text) as ProgramText);
        connection.reply(frame.id, accepted === null ? 'O' : `O${JSON.stringify(accepted)}`);
      } else if (frame.kind === FRAME.unload) {
        shelf.unload(frame.program);
        connection.reply(frame.id, 'O');
      } else if (frame.kind === FRAME.check) connection.reply(frame.id, check(frame, shelf));
      else if (frame.kind === FRAME.trial) loop.trial(frame);
    }
  }
}

function probe(configuration: ProcessConfiguration): string {
  try {
    ProgramIsolate.build(PROBE, configuration).dispose();
    return 'O';
  } catch (error) {
    return `X${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A defect, or the service went away in the middle of a reply; then nobody reads this either. */
function complain(error: unknown): void {
  try {
    writeSync(2, `${error instanceof Error ? (error.stack ?? error.message) : 'an unknown error'}\n`);
  } catch {
    // Nothing is left to be done.
  }
}

function check(frame: Frame, shelf: ProgramShelf): string {
  try {
    return `O${JSON.stringify(shelf.check(JSON.parse(frame.text) as ProgramText))}`;
  } catch (error) {
    return `X${error instanceof Error ? error.message : String(error)}`;
  }
}

try {
  serve(new Connection());
} catch (error) {
  complain(error);
}
// At once: an ordinary exit joins the watchdog's thread. As the first process of a namespace it cannot signal itself; then it aborts.
process.kill(process.pid, 'SIGKILL');
process.abort();
