/**
 * The peers: the same functions with the same prelude, which makes their context and prints their answer, all in this very
 * realm, and each in a context of `node:vm`. A script is evaluated once and not afresh for each invocation, nothing is frozen,
 * bounded or kept apart, and what a function asks is answered by a call. The prelude changes the realm, hence a process of its
 * own.
 */
import { createContext, Script } from 'node:vm';
import { preludeSource } from '#libs/oauth';
import { answerCommands } from '../commands.mjs';
import { Responses } from './responses.mjs';
import { casesOf, FUNCTIONS, NOW } from './subjects.mjs';
import { measured, turnsFor } from './window.mjs';

/** Invocations between two looks at the clock. */
const TURN = 512;

/** The prelude in one realm, and what it asks of its host. */
class Realm {
  #evaluate;
  #prelude;
  #parse;
  /** The case in hand, and the state of its run. */
  #case;
  #state;

  /** @param {(source: string) => any} evaluate */
  constructor(evaluate) {
    this.#evaluate = evaluate;
    this.#parse = evaluate('JSON.parse');
    this.#prelude = evaluate(preludeSource())({
      call: (kind, args) => {
        if (kind === 'issue' && args === this.#case.args) return this.#case.jwt;
        throw new Error(`asked what it should not be: ${kind} ${args}`);
      },
      now: () => NOW,
      run: () => this.#state,
      effect: refuse,
      mint: refuse,
      log: refuse,
    });
  }

  /** @returns {(given: import('./subjects.mjs').Case) => string} */
  procedure({ flow, source }) {
    const { globals, context, response } = this.#prelude;
    const names = Object.keys(globals);
    const script = this.#evaluate(`(function (${names.join(', ')}) { 'use strict';\n${source}\n;return result; })`);
    const result = script(...names.map((name) => globals[name]));
    return (given) => {
      this.#case = given;
      this.#state = {};
      return response(result(context(this.#parse(given.context), flow, { dressed: false })));
    };
  }
}

/** A procedure with its cases. */
class Procedure {
  #cases;
  #invoke;
  #responses = new Responses();

  constructor(subject, realm) {
    this.#cases = casesOf(subject);
    this.#invoke = realm.procedure(subject);
  }

  run(count) {
    for (let index = 0; index < count; index++) {
      const at = index % this.#cases.length;
      this.#responses.check(at, this.#invoke(this.#cases[at]));
    }
    return count;
  }

  digest() {
    this.run(this.#cases.length);
    return this.#responses.digest();
  }
}

function refuse() {
  throw new Error('no subject does that');
}

const here = new Realm((source) => new Script(source).runInThisContext());
const elsewhere = () => {
  const context = createContext({});
  return new Realm((source) => new Script(source).runInContext(context));
};

/** @type {Record<'direct' | 'vm', Map<string, Procedure>>} */
const procedures = {
  direct: new Map(FUNCTIONS.map((subject) => [subject.id, new Procedure(subject, here)])),
  vm: new Map(FUNCTIONS.map((subject) => [subject.id, new Procedure(subject, elsewhere())])),
};

answerCommands({
  /** Runs every case once in each place. Answers what they answered. */
  prepare() {
    const digests = [...procedures.direct].map(([id, procedure]) => [id, procedure.digest()]);
    for (const [id, digest] of digests)
      if (procedures.vm.get(id).digest() !== digest) throw new Error(`${id} is answered otherwise in node:vm`);
    return { digests: Object.fromEntries(digests) };
  },

  window({ subject, place, seconds, core }) {
    const procedure = procedures[place].get(subject);
    return measured({ core, sandbox: null }, async () => turnsFor(seconds, () => procedure.run(TURN)));
  },
});
