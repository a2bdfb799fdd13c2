import type { HostAnswer, HostCall, Program, Sandbox } from '#libs/oauth';

/** Shows in the context of innocent runs only: an attack that knows it has seen another invocation. */
export const MARK = 'seen-by-innocents-only';

/** Half of the runs wait for the host, so that they are suspended, and run again, while others are under attack. */
const SOURCE = `function result(context) {
  var data = context.presentedToken.data;
  var sum = 0;
  for (var i = 0; i < 200; i++) sum += i;
  var heard = [];
  if (data.n % 2 === 0) {
    var client = context.getWebServiceClient('partner', 'https://api.example');
    heard.push(randomUuid(), client.get('/first/' + data.n).body);
    heard.push(client.post({ path: '/second/' + data.n, body: { after: heard[1] } }).body);
  }
  if (data.n % 4 === 0) context.getBucket('visits').storeAttributes('run ' + data.n, 'last', { heard: heard });
  logger.info('run {}', data.n);
  return { n: data.n, mark: data.mark, sum: sum, heard: heard, polluted: ({}).polluted, list: [3, 1, 2].sort().join() };
}`;

const PROGRAM: Program = { key: 'innocent@1', procedure: 'innocent', version: 1, flow: 'oauth-introspect', source: SOURCE };

/** Runs another program all the while, a few at a time, and checks every answer, effect and host call. */
export class Innocents {
  answered = 0;
  /** Of those, the ones that have waited for the host. */
  waited = 0;
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
      await pause(4);
    }
  }

  async #run(n: number): Promise<void> {
    const asked: string[] = [];
    const outcome = await this.#sandbox.run({
      program: PROGRAM.key,
      context: JSON.stringify({
        presentedToken: { active: true, type: 'bearer', value: MARK, expiredScopes: [], data: { n, mark: MARK } },
      }),
      ...{ now: 1_700_000_000_000, seed: n, minted: {}, likely: [], deadline: Date.now() + 30_000 },
      answer: async (call) => {
        const answer = answerTo(call, n, asked.push(questionOf(call)));
        await pause(n % 10);
        return answer;
      },
    });
    const waits = n % 2 === 0;
    // What each question was answered tells which time it was asked: a second time would show.
    const heard = waits ? [`1 for ${n}`, `2 for ${n}`, `3 for ${n}`] : [];
    const questions = waits ? ['mint uuid', `GET /first/${n} null`, `POST /second/${n} {"after":"2 for ${n}"}`] : [];
    const effects = n % 4 === 0 ? [{ kind: 'bucket-store', payload: `["visits","run ${n}","last"]\n${JSON.stringify({ heard })}` }] : [];
    const expected = {
      ...{ kind: 'returned', response: JSON.stringify({ n, mark: MARK, sum: 19_900, heard, list: '1,2,3' }) },
      ...{ effects, log: [{ level: 'info', message: `run ${n}` }] },
    };
    if (JSON.stringify([outcome, asked]) === JSON.stringify([expected, questions])) {
      this.answered++;
      if (waits) this.waited++;
    } else this.problems.push(`run ${n}: ${JSON.stringify(outcome)} after ${JSON.stringify(asked)}`);
  }
}

function questionOf({ kind, args }: HostCall): string {
  if (kind !== 'http') return `${kind} ${args}`;
  const { method, path, body } = JSON.parse(args) as { readonly method: string; readonly path: string; readonly body: string | null };
  return `${method} ${path} ${body}`;
}

function answerTo({ kind }: HostCall, n: number, time: number): HostAnswer {
  const text = `${time} for ${n}`;
  return { ok: kind === 'http' ? JSON.stringify({ statusCode: 200, headers: {}, body: text }) : text };
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
