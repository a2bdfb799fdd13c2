import type { Program, Sandbox } from '#libs/oauth';

/** Shows in the context of innocent runs only: an attack that knows it has seen another invocation. */
export const MARK = 'seen-by-innocents-only';

const SOURCE = `function result(context) {
  var data = context.presentedToken.data;
  var sum = 0;
  for (var i = 0; i < 200; i++) sum += i;
  var id = data.n % 4 === 0 ? randomUuid() : 'none';
  logger.info('run {}', data.n);
  return { n: data.n, mark: data.mark, sum: sum, id: id, polluted: ({}).polluted, list: [3, 1, 2].sort().join() };
}`;

const PROGRAM: Program = { key: 'innocent@1', procedure: 'innocent', version: 1, flow: 'oauth-introspect', source: SOURCE };

/** Runs another program all the while, a few at a time, and checks every answer. */
export class Innocents {
  answered = 0;
  /** What went wrong, in words. */
  readonly problems: string[] = [];
  readonly #sandbox: Sandbox;
  #clients: Promise<void>[] = [];
  #count = 0;
  #isOver = false;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    sandbox.load(PROGRAM);
  }

  start(clients: number): void {
    this.#clients = Array.from({ length: clients }, () => this.#client());
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
  }

  async #client(): Promise<void> {
    while (!this.#isOver) {
      await this.#run(this.#count++);
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
  }

  async #run(n: number): Promise<void> {
    const id = `uuid-of-${n}`;
    const outcome = await this.#sandbox.run({
      program: PROGRAM.key,
      context: JSON.stringify({
        presentedToken: { active: true, type: 'bearer', value: MARK, expiredScopes: [], data: { n, mark: MARK } },
      }),
      ...{ now: 1_700_000_000_000, seed: n, minted: { uuid: [id] }, likely: [], deadline: Date.now() + 30_000 },
      answer: () => ({ ok: '{}' }),
    });
    const expected = JSON.stringify({ n, mark: MARK, sum: 19_900, id: n % 4 === 0 ? id : 'none', list: '1,2,3' });
    const said = outcome.kind === 'returned' && outcome.response === expected && outcome.log[0]?.message === `run ${n}`;
    if (said) this.answered++;
    else this.problems.push(`run ${n}: ${JSON.stringify(outcome)}`);
  }
}
