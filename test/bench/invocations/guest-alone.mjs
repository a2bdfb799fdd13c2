/**
 * The guest alone: the isolate of the sandbox process and the frames that the service writes, without socket, watchdog and
 * service. Runs with the sandbox process's flags for V8; this is the only part of the bench that loads isolated-vm.
 */
import { preludeSource } from '#libs/oauth';
import { BATCH } from '../../../dist/libs/sandbox/src/frames.js';
import { completeLimits } from '../../../dist/libs/sandbox/src/limits.js';
import { PendingInvocation } from '../../../dist/libs/sandbox/src/pending-invocation.js';
import { ProgramIsolate } from '../../../dist/libs/sandbox/src/process/program-isolate.js';
import { KnownProgram } from '../../../dist/libs/sandbox/src/program.js';
import { answerCommands } from '../commands.mjs';
import { Responses } from './responses.mjs';
import { casesOf, NOW, SUBJECTS } from './subjects.mjs';
import { measured, turnsFor } from './window.mjs';

const limits = completeLimits();

/** The frames of one subject as the service writes them, in batches, with the replies that those which deliver must get. */
class Guest {
  #isolate;
  /** @type {{ text: string, lengths: string, replies: string | null }[]} */
  #batches = [];
  #count;
  #responses = new Responses();

  constructor(subject) {
    const known = knownProgram(subject);
    this.#isolate = ProgramIsolate.build(JSON.parse(known.frame()), { ...limits, role: 'fast', prelude: preludeSource(), isolates: 1 });
    const cases = casesOf(subject);
    this.#count = cases.length;
    const runs = cases.map((each, index) => this.#runsOf(known, subject, each, index));
    for (let at = 0; at < runs.length; at += BATCH)
      // All the first runs of a batch, then, where they suspend, all the second ones.
      for (let nth = 0; nth < runs[0].length; nth++) {
        const texts = runs.slice(at, at + BATCH).map((each) => each[nth]);
        this.#addBatch(texts, nth === runs[0].length - 1);
      }
  }

  /** Every case once. */
  round() {
    for (const { text, lengths, replies } of this.#batches) {
      const answered = this.#isolate.invoke(text, lengths, 0);
      if (replies !== null && answered !== replies) throw new Error('a batch was answered otherwise than the first time');
    }
    return this.#count;
  }

  digest() {
    return this.#responses.digest();
  }

  /** Texts of the runs that one invocation takes. */
  #runsOf(known, { issue }, { context, args, jwt }, index) {
    const texts = [];
    let isDue = true;
    const owner = {
      limits,
      again: () => (isDue = true),
      suspended: () => undefined,
      tookTooLong: () => undefined,
      settled: () => undefined,
    };
    const invocation = {
      context,
      now: NOW,
      seed: 1,
      minted: {},
      deadline: Infinity,
      likely: issue === 'likely' ? [{ kind: 'issue', args, answer: jwt }] : [],
      answer: () => ({ ok: jwt }),
    };
    const pending = new PendingInvocation(known, invocation, owner, Infinity, (outcome) => {
      if (outcome.kind !== 'returned') throw new Error(JSON.stringify(outcome));
      this.#responses.check(index, outcome.response);
    });
    while (isDue) {
      isDue = false;
      const text = pending.text();
      texts.push(text);
      pending.reply(this.#isolate.invoke(text, '', 0), 'main');
    }
    if (texts.length !== (issue === 'suspended' ? 2 : 1)) throw new Error(`${known.program.key} took ${texts.length} runs`);
    return texts;
  }

  #addBatch(texts, isLast) {
    const text = texts.join('');
    const lengths = texts.map(({ length }) => length).join(',');
    // A suspension says how long the run took, which is never the same twice.
    this.#batches.push({ text, lengths, replies: isLast ? this.#isolate.invoke(text, lengths, 0) : null });
  }
}

function knownProgram({ id, flow, source }) {
  return new KnownProgram({ key: `${id}@1`, procedure: id, version: 1, flow, source }, 1, 'loaded');
}

/** @type {Map<string, Guest>} */
const guests = new Map();

answerCommands({
  prepare() {
    for (const subject of SUBJECTS) guests.set(subject.id, new Guest(subject));
    const digests = [...guests].map(([id, guest]) => [id, guest.digest()]);
    return { digests: Object.fromEntries(digests) };
  },

  window({ subject, seconds, core }) {
    const guest = guests.get(subject);
    return measured({ core, sandbox: null }, async () => turnsFor(seconds, () => guest.round()));
  },
});
