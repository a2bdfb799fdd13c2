/** What a test or a hook is: it may take its time. */
export type Body = () => unknown;

export type Mode = 'run' | 'skip' | 'only';

export interface Test {
  readonly name: string;
  readonly body: Body;
  readonly mode: Mode;
}

/** What a `describe` holds; the file itself is one without a name. */
export interface Suite {
  readonly name: string;
  readonly mode: Mode;
  readonly children: (Suite | Test)[];
  readonly hooks: { readonly beforeAll: Body[]; readonly afterAll: Body[]; readonly beforeEach: Body[]; readonly afterEach: Body[] };
}

/** Gathers what a test file declares. */
export class Declarations {
  readonly root: Suite = suite('', 'run');
  #current: Suite = this.root;
  #isClosed = false;

  /** The functions that test files call. */
  get functions(): Record<string, unknown> {
    const describe = (mode: Mode) => (name: string, body: Body) => this.#describe(name, mode, body);
    const it = (mode: Mode) => (name: string, body: Body) => this.#test(name, mode, body);
    const hook = (kind: keyof Suite['hooks']) => (body: Body) => {
      this.#open(kind).hooks[kind].push(functionOf(kind, body));
    };
    const test = Object.assign(it('run'), { skip: it('skip'), only: it('only') });
    return {
      describe: Object.assign(describe('run'), { skip: describe('skip'), only: describe('only') }),
      it: test,
      test,
      beforeAll: hook('beforeAll'),
      afterAll: hook('afterAll'),
      beforeEach: hook('beforeEach'),
      afterEach: hook('afterEach'),
    };
  }

  /** The file is read: what is declared from now on comes too late. */
  close(): void {
    this.#isClosed = true;
  }

  #describe(name: string, mode: Mode, body: Body): void {
    const parent = this.#open('describe');
    const made = suite(textOf('describe', name), mode);
    parent.children.push(made);
    this.#current = made;
    try {
      const answer: unknown = functionOf('describe', body)();
      if (answer instanceof Promise) throw new Error(`describe("${name}") must not be async: declare tests at once, and wait within them`);
    } finally {
      this.#current = parent;
    }
  }

  #test(name: string, mode: Mode, body: Body): void {
    this.#open('it').children.push({ name: textOf('it', name), mode, body: functionOf('it', body) });
  }

  #open(what: string): Suite {
    if (this.#isClosed) throw new Error(`${what} must be called while the file is read, not within a test`);
    return this.#current;
  }
}

/** Whether a child is a suite. */
export function isSuite(child: Suite | Test): child is Suite {
  return 'children' in child;
}

function suite(name: string, mode: Mode): Suite {
  return { name, mode, children: [], hooks: { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] } };
}

function textOf(what: string, name: unknown): string {
  if (typeof name !== 'string' || name === '') throw new TypeError(`${what} needs a name and a function`);
  return name;
}

function functionOf(what: string, body: unknown): Body {
  if (typeof body !== 'function') throw new TypeError(`${what} needs a function`);
  return body as Body;
}
