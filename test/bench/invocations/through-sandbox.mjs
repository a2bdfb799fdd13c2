/** Invocations as the service makes them: `openSandbox` with the prelude of production, from one process. */
import { setTimeout as delay } from 'node:timers/promises';
import { preludeSource } from '#libs/oauth';
import { openSandbox } from '#libs/sandbox';
import { answerCommands } from '../commands.mjs';
import { Responses } from './responses.mjs';
import { casesOf, NOW, SUBJECTS } from './subjects.mjs';
import { measured } from './window.mjs';

const sandbox = await openSandbox({ prelude: preludeSource() });
/** @type {Map<string, { invocations: object[], responses: Responses }>} */
const subjects = new Map();

answerCommands({
  /** Loads all subjects and runs every case once. Answers what they answered, and how far the operating system's walls stand. */
  async prepare() {
    for (const subject of SUBJECTS) {
      const { id, flow, source } = subject;
      sandbox.load({ key: `${id}@1`, procedure: id, version: 1, flow, source });
      const invocations = casesOf(subject).map((each) => invocationOf(subject, each));
      subjects.set(id, { invocations, responses: new Responses() });
      for (let index = 0; index < invocations.length; index++) await run(id, index);
    }
    const digests = [...subjects].map(([id, { responses }]) => [id, responses.digest()]);
    return { digests: Object.fromEntries(digests), isolation: sandbox.status().isolation.level };
  },

  /** One window with so many invocations in flight: as soon as one has been answered, the next is made. */
  async window({ subject, inFlight, seconds, core }) {
    const before = sandbox.status();
    const measurement = await measured({ core, sandbox: pidOf(before) }, async () => {
      let count = 0;
      let isOver = false;
      const invoke = async () => {
        while (!isOver) await run(subject, count++ % subjects.get(subject).invocations.length);
      };
      const over = delay(seconds * 1000).then(() => (isOver = true));
      await Promise.all([over, ...Array.from({ length: inFlight }, invoke)]);
      return count;
    });
    const after = sandbox.status();
    if (pidOf(after) !== pidOf(before)) throw new Error('the sandbox process was replaced in the middle of a window');
    const runs = (after.counts.runs - before.counts.runs) / measurement.count;
    const expected = SUBJECTS.find(({ id }) => id === subject).issue === 'suspended' ? 2 : 1;
    if (runs !== expected) throw new Error(`${subject}: ${runs} runs an invocation instead of ${expected}`);
    return measurement;
  },
});

async function run(id, index) {
  const { invocations, responses } = subjects.get(id);
  const outcome = await sandbox.run(invocations[index]);
  if (outcome.kind !== 'returned') throw new Error(`${id}: ${JSON.stringify(outcome)}`);
  responses.check(index, outcome.response);
}

function invocationOf({ id, issue }, { context, args, jwt }) {
  return {
    program: `${id}@1`,
    context,
    now: NOW,
    seed: 1,
    minted: {},
    likely: issue === 'likely' ? [{ kind: 'issue', args, answer: jwt }] : [],
    answer(call) {
      if (issue === 'suspended' && call.kind === 'issue' && call.args === args) return { ok: jwt };
      throw new Error(`${id} asks what it should not: ${call.kind} ${call.args}`);
    },
    deadline: Infinity,
  };
}

const pidOf = ({ processes }) => processes.find(({ role }) => role === 'main').pid;
