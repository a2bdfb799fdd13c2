import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { preludeSource, type Outcome, type Program, type Sandbox } from '#libs/oauth';
import { openSandbox } from '#libs/sandbox';
import { ProcedureCompiler } from './index.ts';

let compiler: ProcedureCompiler;
let sandbox: Sandbox;
beforeAll(async () => {
  compiler = new ProcedureCompiler();
  sandbox = await openSandbox({ prelude: preludeSource(), isolation: 'off' });
});
afterAll(() => Promise.all([compiler.close(), sandbox.close()]));

const FLOW = 'oauth-introspect';

const LIBRARY = `interface Named { readonly name: string }
type Maybe<T> = T | null;

function initialOf(of: Maybe<Named>): string {
  return (of as Named).name.charAt(0);
}
`;

const PROCEDURE = `// Types before, within and after: ä€😀
type Answer = Readonly<Record<string, unknown>>;

function result(context: IntrospectionTokenProcedureContext): Answer {
  const named: { name: string }[] = [{ name: 'Äöü' }], index = 0 as number;
  logger.info('{}', initialOf(named[index]!)); const /* ü */ x: string = initialOf(JSON.parse('null') as never);
  return { x } satisfies Answer;
}
`;

/** What runs of a source; throws with the findings of one that is refused. */
async function scriptOf(source: string, flow: string | null): Promise<string> {
  const libraries = flow === null ? [] : [{ name: 'names', language: 'typescript', source: LIBRARY } as const];
  const outcome = await compiler.compile({ source, language: 'typescript', flow, libraries });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.errors));
  return outcome.script;
}

async function programOf(source: string): Promise<Program> {
  return {
    key: 'typed@1',
    procedure: 'typed',
    version: 1,
    flow: FLOW,
    source: await scriptOf(source, FLOW),
    libraries: [{ name: 'names', version: 1, source: await scriptOf(LIBRARY, null) }],
  };
}

function run({ key }: Program): Promise<Outcome> {
  const deadline = Date.now() + 20_000;
  const answer = () => ({ error: { code: 'fault', message: 'nothing is answered here' } });
  return sandbox.run({ program: key, context: '{}', now: 0, seed: 1, minted: {}, likely: [], answer, deadline });
}

describe('A procedure and a library in TypeScript', () => {
  test('pass the check of the sandbox, and fail at the lines and columns that were uploaded', async () => {
    const program = await programOf(PROCEDURE);
    expect(await sandbox.check(program)).toEqual({ ok: true, warnings: [] });
    sandbox.load(program);
    const lines = PROCEDURE.split('\n');
    expect(await run(program)).toMatchObject({
      kind: 'fault',
      log: [{ level: 'info', message: 'Ä' }],
      fault: {
        kind: 'runtime',
        line: 5,
        column: LIBRARY.split('\n')[4]!.indexOf('name') + 1,
        library: 'names',
        stack: [{ library: 'names' }, { line: 6, column: lines[5]!.lastIndexOf('initialOf') + 1 }],
      },
    });
  });
});
