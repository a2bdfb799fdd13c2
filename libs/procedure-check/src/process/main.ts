/*
 * The checking process: answers one request after the other over its channel, until the channel closes or it is killed.
 */
import { Script } from 'node:vm';
import { READY, type CheckReply, type CheckRequest, type SentReply } from '../messages.ts';
import { TypeCheck, unfinished } from './type-check.ts';

/** A process that has read the types and checked ordinary procedures has some 200 MB. */
const HEAVY_BYTES = 400 * 1024 * 1024;

/** After the time in which a check should have given up by itself, before its process is killed. */
const SLACK_MILLISECONDS = 200;
const CALL = new Script('check()');

const send = (message: unknown): void => {
  process.send?.(message, (error: Error | null) => {
    // Nobody is left to hear it.
    if (error !== null) process.exit();
  });
};

process.on('disconnect', () => process.exit());

const check = new TypeCheck(process.argv[2] as string);
check.warmUp();
process.on('message', (request: CheckRequest) => {
  const reply = bounded(request);
  send({ reply: reply ?? unfinished(request), isHeavy: reply === null || process.memoryUsage.rss() > HEAVY_BYTES } satisfies SentReply);
});
send(READY);

/** A check that heeds no request to stop is broken off, so that it ends even when nobody is left to kill its process. Null then. */
function bounded(request: CheckRequest): CheckReply | null {
  const world = globalThis as { check?: () => CheckReply };
  world.check = () => check.check(request);
  try {
    return CALL.runInThisContext({ timeout: request.milliseconds + SLACK_MILLISECONDS }) as CheckReply;
  } catch (error) {
    // What it was about to do is done in part: the process is not used again.
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null;
    throw error;
  }
}
