import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  ADMINISTRATOR_ROLES,
  DEFAULT_LIMITS,
  DryRunBusyError,
  DryRunError,
  entityKey,
  hashGeneratedSecret,
  KeySealer,
  LiveConfiguration,
  put,
  type AdministratorRole,
  type AuditEvent,
  type CheckOutcome,
  type DryRunReport,
  type DryRunRequest,
  type EntityKind,
  type ProcedureSample,
  type Program,
  type SampleTest,
  type RecordedFault,
} from '#libs/oauth';
import { readDeclarations } from '#libs/procedure-check';
import { EXECUTION_STREAM_TIMES, Executions, NodeExecutions } from '#libs/executions';
import { memoryStores } from '../../../../libs/oauth/src/testing/memory-stores.ts';
import { createAdminApi, type AdminApiOptions, type AdminServices, type ScriptCompiler } from '../index.ts';

/** The tokens of the administrators that a test service starts with. */
export const TOKENS: Readonly<Record<AdministratorRole, string>> = {
  metrics: `twadm_${'m'.repeat(43)}`,
  read: `twadm_${'r'.repeat(43)}`,
  author: `twadm_${'u'.repeat(43)}`,
  admin: `twadm_${'a'.repeat(43)}`,
};

/** A source with this text does not pass the check. */
export const REFUSED = 'function result(context) { refused';
/** A source with this text does not compile. */
export const MISTYPED = 'const mistyped: string = 1;';
export const SOURCE = 'function result(context) { return context.getDefaultResponseData(); }\n';
export const START = 1_790_000_000;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** The parsed body; undefined when there is none or it is no JSON. */
  readonly json: Json;
  /** Its place in `answered`. */
  readonly index: number;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what is in an answer is what a test looks at
export type Json = any;

export interface CallOptions {
  readonly as?: AdministratorRole | null;
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A real admin API over stores in memory, a sandbox that only looks for `REFUSED`, a compiler that knows few types, and a dry runner that answers the request. */
export class TestAdminApi {
  readonly sealer = new KeySealer(Buffer.alloc(32, 7));
  readonly stores = memoryStores(() => this.now * 1000);
  /** Everything that was answered and logged, as text: secrets are looked for in it. */
  readonly answered: string[] = [];
  readonly logged: string[] = [];
  readonly checked: Program[] = [];
  readonly compiled: Parameters<ScriptCompiler['compile']>[0][] = [];
  readonly faults: RecordedFault[] = [];
  /** What ran: specs write into it. */
  readonly executions = new Executions('a-node');
  now = START;
  /** Why nothing can be compiled; null when it can. */
  outage: string | null = null;
  fourEyes = false;
  readiness: ReturnType<AdminServices['ready']> = { ready: true };
  live!: LiveConfiguration;
  app!: NestFastifyApplication;

  private constructor(private readonly heartbeat: number) {}

  /** @param heartbeat of streams, in milliseconds */
  static async start(options: AdminApiOptions = {}, heartbeat = 20): Promise<TestAdminApi> {
    const test = new TestAdminApi(heartbeat);
    test.live = await LiveConfiguration.open(test.stores.configuration);
    await test.live.change(() => ({
      changes: ADMINISTRATOR_ROLES.map((role) =>
        put('administrator', { id: role, role, tokenHash: hashGeneratedSecret(TOKENS[role]), createdAt: START, origin: 'system' }),
      ),
      audit: [],
      result: undefined,
    }));
    test.app = await createAdminApi(test.#services(), {
      failedAttempts: { firstDelayMilliseconds: 1, longestDelayMilliseconds: 2, forgetAfterMilliseconds: 1000, addresses: 4, waiting: 8 },
      ...options,
    });
    return test;
  }

  close(): Promise<void> {
    return this.app.close();
  }

  async call(method: string, url: string, { as = 'admin', body, type, headers = {} }: CallOptions = {}): Promise<Answer> {
    const payload = body === undefined ? undefined : typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body);
    const response = await this.app.inject({
      method: method as 'GET',
      url: url.startsWith('/p/') ? `/admin/v1/profiles${url.slice(2)}` : url,
      headers: {
        ...(as === null ? {} : { authorization: `Bearer ${TOKENS[as]}` }),
        ...(payload === undefined ? {} : { 'content-type': type ?? 'application/json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { payload }),
    });
    const index = this.answered.push(`${JSON.stringify(response.headers)}\n${response.body}`) - 1;
    const json: unknown = parsed(response.body);
    return {
      status: response.statusCode,
      headers: response.headers as Answer['headers'],
      text: response.body,
      json,
      index,
    };
  }

  /** How many routes the application has, HEAD apart. */
  routeCount(): number {
    const routes = this.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
    return [...routes.matchAll(/\(([A-Z, ]+)\)/g)]
      .flatMap(([, methods]) => methods?.split(', ') ?? [])
      .filter((method) => method !== 'HEAD').length;
  }

  /** All audit events, newest first. */
  events(filter: { readonly kind?: string; readonly key?: string; readonly actor?: string } = {}): readonly AuditEvent[] {
    return this.stores.audit.list({ ...filter, limit: 1000 }) as readonly AuditEvent[];
  }

  /** A profile `p` with an introspection endpoint `e` and a procedure `mine` with an active version. */
  async furnish(): Promise<void> {
    await this.done('PUT', '/p/p', { body: { issuer: '/~', scopes: { read: {} } } }, 201);
    await this.done('PUT', '/p/p/endpoints/e', { body: { kind: 'oauth-introspect', path: '/introspection' } }, 201);
    await this.done(
      'POST',
      '/admin/v1/procedures/mine/versions?flow=oauth-introspect&activate=true',
      { body: SOURCE, type: 'text/javascript' },
      201,
    );
  }

  async done(method: string, url: string, options: CallOptions, status: number): Promise<Answer> {
    const answer = await this.call(method, url, options);
    if (answer.status !== status) throw new Error(`${method} ${url} answered ${answer.status}: ${answer.text}`);
    return answer;
  }

  /** Makes an entity look as if it came from a configuration file. */
  async giveToFile(kind: Exclude<EntityKind, 'administrator' | 'signing-key' | `${string}-version`>, ...ids: string[]): Promise<void> {
    await this.live.change((configuration) => {
      const value = configuration.get(kind, entityKey(...ids));
      if (value === undefined) throw new Error(`no ${kind}`);
      return { changes: [put(kind, { ...value, origin: 'file' } as never)], audit: [], result: undefined };
    });
  }

  #services(): AdminServices {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the getter below reads what a test changes
    const test = this;
    const log = (details: object, message: string) =>
      void this.logged.push(
        `${message} ${JSON.stringify(details, (_key, value: unknown) => (value instanceof Error ? `${value.stack}` : value))}`,
      );
    return {
      stores: this.stores,
      configuration: this.live,
      sandbox: {
        check: async (program: Program): Promise<CheckOutcome> => {
          this.checked.push(program);
          await new Promise(setImmediate);
          const refused = [program, ...(program.libraries ?? [])].find(({ source }) => source.includes(REFUSED));
          const library = refused === undefined || !('name' in refused) ? {} : { library: refused.name };
          return refused !== undefined
            ? { ok: false, errors: [{ code: 'syntax', message: 'Unexpected end of input', line: 1, column: 35, ...library }] }
            : {
                ok: true,
                warnings: program.source.includes('warn') ? [{ code: 'pattern', message: 'Slow pattern', line: 1, column: 1 }] : [],
              };
        },
        load: () => undefined,
        unload: () => undefined,
        run: () => Promise.reject(new Error('not here')),
        status: () => ({
          ready: true,
          isolation: { level: 'process', parts: [], missing: [] },
          processes: [],
          inFlight: 0,
          counts: {} as never,
          quarantined: [],
        }),
        close: () => Promise.resolve(),
      },
      compiler: {
        compile: async (text) => {
          this.compiled.push(text);
          if (this.outage !== null) return { ok: false, errors: [{ code: 'unavailable', message: this.outage }] };
          await new Promise(setImmediate);
          return text.source.includes(MISTYPED)
            ? { ok: false, errors: [{ code: 'type', message: "Type 'number' is not assignable to type 'string'.", line: 1, column: 7 }] }
            : {
                ok: true,
                script:
                  text.language === 'javascript'
                    ? text.source
                    : text.source.replace(/: (string|number)/g, (type) => ' '.repeat(type.length)),
                warnings: text.source.includes('untyped') ? [{ code: 'type', message: 'It has no type', line: 2, column: 1 }] : [],
              };
        },
      },
      sealer: this.sealer,
      dryRunner: {
        run: (request) => Promise.resolve().then(() => dryRun(request)),
        context: ({ profile, client }) =>
          Promise.resolve({
            ...{ profile, endpoint: 'e', account: null, token: null },
            client: {
              id: client ?? 'sample-client',
              name: 'C',
              isSample: client === undefined,
              scopes: ['read'],
              properties: { plan: 'gold' },
            },
          }),
      },
      sampleRunner: {
        run: (program, sample) => Promise.resolve(sampleTest(program.script, sample)),
        tried: ({ script, flow }, sample) => {
          const test = sampleTest(script, sample);
          const report = dryRun({ profile: 'sample', flow, program: { source: script } });
          return Promise.resolve({
            test,
            unmet: test.problems.map((problem) => ({ what: 'no line of the log', problem, expected: null, actual: null })),
            report,
          });
        },
      },
      limits: DEFAULT_LIMITS,
      defaultSource: (flow) => `// ${flow}\n${SOURCE}`,
      declarations: readDeclarations,
      clock: () => this.now,
      baseUrl: 'https://localhost:8443',
      ready: () => this.readiness,
      log: { debug: log, info: log, warn: log, error: log },
      version: '0.1.0',
      configurationFile: '/etc/tokenwright.yaml',
      get fourEyes() {
        return test.fourEyes;
      },
      recentFaults: () => this.faults,
      executions: new NodeExecutions(this.executions, { ...EXECUTION_STREAM_TIMES, pace: 1, heartbeat: this.heartbeat }),
      metrics: { contentType: 'text/plain; version=0.0.4; charset=utf-8', text: () => Promise.resolve('a_metric 1\n') },
    };
  }
}

/** A sample expects that the script has a text. */
function sampleTest(script: string, { name, expect }: ProcedureSample): SampleTest {
  const [wish = ''] = (expect['log'] ?? []) as string[];
  const holds = script.includes(wish);
  return { name, state: holds ? 'passed' : 'failed', problems: holds ? [] : [`no line of the log has ${wish}`], milliseconds: 1 };
}

function dryRun(request: DryRunRequest): DryRunReport {
  if (request.profile === 'busy') throw new DryRunBusyError();
  if (request.profile === 'nowhere') throw new DryRunError('/profile', 'there is no profile "nowhere"');
  return {
    outcome: 'answered',
    answer: { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(request) },
    fault: null,
    findings: [],
    issued: [],
    effects: [{ kind: 'token', detail: {} }],
    log: [{ level: 'info', message: 'hello' }],
    calls: [{ kind: 'http', target: 'GET api.example.com/users', milliseconds: 1, outcome: 'answered 200' }],
    usage: { wallMilliseconds: 1, cpuMilliseconds: 1, heapBytes: 1000, runs: 1 },
    context: null,
    muted: [{ kind: 'store', what: 'token' }],
  };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
