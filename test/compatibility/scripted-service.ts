import { OAuthService, type Change, type FlowId, type OAuthResponse, type Sandbox } from '#libs/oauth';
import {
  aRequest,
  bound,
  INTROSPECTION,
  SECRET,
  ServiceUnderTest,
  TOKEN,
  type LoggedLine,
} from '../../libs/oauth/src/testing/service-builder.ts';
import { openScriptSandbox } from './script-sandbox.ts';
import { scriptSource } from './scripts.ts';

/** What a caller got, and what the operator sees of it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly json: Record<string, unknown>;
  /** Lines that the script itself logged, as `level message`. */
  readonly log: readonly string[];
  /** Messages of faults. */
  readonly faults: readonly string[];
}

type Form = Readonly<Record<string, string>>;

/** The whole service over memory stores, with the executor and the sandbox of production. */
export class ScriptedService {
  readonly #log: LoggedLine[] = [];
  readonly #service: OAuthService;
  readonly #uploaded = new Set<string>();

  private constructor(
    private readonly base: ServiceUnderTest,
    private readonly sandbox: Sandbox,
  ) {
    this.#service = new OAuthService({
      stores: base.stores,
      sandbox,
      log: { write: (level, message, fields) => this.#log.push({ level, message, fields }) },
      clock: () => Math.floor(Date.now() / 1000),
      // On a busy machine nobody's patience is what is tested here.
      wallMilliseconds: 20_000,
    });
  }

  static async open(changes: readonly Change[] = []): Promise<ScriptedService> {
    const base = await ServiceUnderTest.open(changes);
    const service = new ScriptedService(base, await openScriptSandbox());
    service.#load();
    return service;
  }

  /** Binds a script to a flow, after the check that an upload goes through. @throws with the findings when it is refused */
  async bind(script: string, flow: FlowId): Promise<void> {
    const source = scriptSource(script);
    const procedure = `${script}-${flow}`;
    if (this.#uploaded.has(procedure)) {
      await this.base.change(...bound(flow, source, { procedure }).filter(({ kind }) => kind === 'binding'));
      return;
    }
    const checked = await this.sandbox.check({ key: `${script}@check`, procedure: script, version: 1, flow, source });
    if (!checked.ok) throw new Error(`${script} is refused: ${JSON.stringify(checked.errors)}`);
    await this.base.change(...bound(flow, source, { procedure }));
    this.#uploaded.add(procedure);
    this.#load();
  }

  /** An access token of a client, by client credentials. */
  async token(form: Form = {}, client = 'app'): Promise<string> {
    const { json, text } = await this.tokenRequest(form, client);
    if (typeof json['access_token'] !== 'string') throw new Error(`no token: ${text}`);
    return json['access_token'];
  }

  tokenRequest(form: Form = {}, client = 'app'): Promise<Answer> {
    return this.#post(TOKEN, { grant_type: 'client_credentials', client_id: client, client_secret: SECRET, ...form });
  }

  introspect(token: string, form: Form = {}, headers: Form = {}): Promise<Answer> {
    return this.#post(INTROSPECTION, { token, client_id: 'gateway', client_secret: SECRET, ...form }, headers);
  }

  async close(): Promise<void> {
    await this.sandbox.close();
  }

  async #post(path: string, form: Form, headers: Form = {}): Promise<Answer> {
    const before = this.#log.length;
    const request = aRequest(path, form, { headers, query: 'q=1' });
    const response = await this.#service.handle(request, this.base.snapshot);
    if (response === null) throw new Error(`nothing is served at ${path}`);
    const lines = this.#log.slice(before);
    return {
      ...shownOf(response),
      log: lines.filter(({ fields }) => fields['source'] === 'procedure').map(({ level, message }) => `${level} ${message}`),
      faults: lines.filter(({ message }) => message.startsWith('procedure failed')).map(({ message }) => message),
    };
  }

  #load(): void {
    for (const program of this.base.snapshot.programs.values()) this.sandbox.load(program);
  }
}

function shownOf(response: OAuthResponse): Pick<Answer, 'status' | 'headers' | 'text' | 'json'> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < response.headers.length; at += 2)
    headers[(response.headers[at] ?? '').toLowerCase()] = response.headers[at + 1] ?? '';
  const text = response.body ?? '';
  return { status: response.status, headers, text, json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {} };
}
