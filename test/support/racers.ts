import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** One request, sent on many connections at once. */
export interface Race {
  /** Of the services, in turn. */
  readonly ports: readonly number[];
  /** Its bytes. */
  readonly request: string;
  readonly times: number;
}

export interface RaceAnswer {
  readonly status: number;
  readonly location: string | null;
  readonly body: string;
}

/** What a racer says: every connection stands; all answers have come; it could not go on. */
export type Heard = 'standing' | { readonly answers: readonly RaceAnswer[] } | { readonly failed: string };

const MAIN = fileURLToPath(new URL('racer-main.ts', import.meta.url));

/** Client processes that send the same request at the same moment. */
export class Racers {
  private constructor(private readonly children: readonly ChildProcess[]) {}

  static open(count: number): Racers {
    const execArgv = ['--conditions=tokenwright-source', '--experimental-transform-types', '--no-warnings'];
    return new Racers(Array.from({ length: count }, () => fork(MAIN, [], { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })));
  }

  /** @param times by all racers together; a multiple of their number */
  async race(ports: readonly number[], request: Buffer, times = 100): Promise<readonly RaceAnswer[]> {
    const share: Race = { ports, request: request.toString('latin1'), times: times / this.children.length };
    const standing = this.children.map(hear);
    for (const child of this.children) child.send(share);
    await Promise.all(standing);
    const answers = this.children.map(hear);
    for (const child of this.children) child.send('go');
    return (await Promise.all(answers)).flatMap((heard) => (typeof heard === 'object' && 'answers' in heard ? heard.answers : []));
  }

  close(): void {
    for (const child of this.children) child.kill();
  }
}

/** The next thing that a racer says. @throws Error when it could not go on, or has ended */
async function hear(child: ChildProcess): Promise<Heard> {
  const ended = new AbortController();
  try {
    const [heard] = (await Promise.race([
      once(child, 'message', { signal: ended.signal }),
      once(child, 'exit', { signal: ended.signal }).then(() => [{ failed: 'the process ended' }]),
    ])) as [Heard];
    if (typeof heard === 'object' && 'failed' in heard) throw new Error(heard.failed);
    return heard;
  } finally {
    ended.abort();
  }
}
