/*
 * The checking process: answers one request after the other over its channel, until the channel closes or it is killed.
 */
import { READY, type CheckRequest, type SentReply } from '../messages.ts';
import { TypeCheck } from './type-check.ts';

/** A process that has read the types and checked ordinary procedures has some 200 MB. */
const HEAVY_BYTES = 400 * 1024 * 1024;

const send = (message: unknown): void => {
  process.send?.(message);
};

process.on('disconnect', () => process.exit());

const check = new TypeCheck(process.argv[2] as string);
check.warmUp();
process.on('message', (request: CheckRequest) => {
  const reply = check.check(request);
  send({ reply, isHeavy: process.memoryUsage.rss() > HEAVY_BYTES } satisfies SentReply);
});
send(READY);
