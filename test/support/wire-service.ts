import { join } from 'node:path';
import { CLIENT, GATEWAY, postForm, startService, type RunningService } from './running-service.ts';

/** Who asks: a client of `wire.yaml`, all of which have the demo's secret but for a few. */
export interface Caller {
  readonly id: string;
  readonly secret: string;
}

export const SERVER_ERROR = '{"error":"server_error","error_description":"The server could not complete the request."}';
export const INACTIVE = '{"active":false}';
export const TOKEN_PATH = '/oauth/v2/oauth-token';
export const REVOKE_PATH = '/oauth/v2/oauth-revoke';

/** The service with the configuration of the HTTP suites. */
export function startWireService(): Promise<RunningService> {
  return startService({ configFile: join(process.cwd(), 'test', 'support', 'wire.yaml') });
}

/** A client of `wire.yaml` by its id. */
export function caller(id: string): Caller {
  return { id, secret: 'Secr3t!' };
}

/** What a token request answers. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly scope: string;
}

/** Asks for an access token. Throws for any other answer. */
export async function tokenOf(
  service: RunningService,
  client: Caller = CLIENT,
  form: Readonly<Record<string, string>> = {},
  path = TOKEN_PATH,
): Promise<TokenAnswer> {
  const response = await postForm(service.url + path, { grant_type: 'client_credentials', ...form }, { as: client });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`no token for ${client.id}: ${response.status} ${text}`);
  return JSON.parse(text) as TokenAnswer;
}

/** An introspection answer with its text as sent. */
export interface Introspected {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface IntrospectOptions {
  readonly as?: Caller;
  readonly accept?: string;
  readonly path?: string;
  readonly form?: Readonly<Record<string, string>>;
}

/** Introspects as a gateway does. */
export async function introspected(service: RunningService, token: string, options: IntrospectOptions = {}): Promise<Introspected> {
  const { as = GATEWAY, accept, path = '/introspection', form = {} } = options;
  const response = await postForm(service.url + path, { token, ...form }, { as, headers: accept === undefined ? {} : { accept } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The members of a JSON introspection answer. Throws for an error. */
export async function claimsOf(service: RunningService, token: string, options: IntrospectOptions = {}): Promise<Record<string, unknown>> {
  const { status, text } = await introspected(service, token, options);
  if (status !== 200) throw new Error(`introspection answered ${status} ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

export function revoke(service: RunningService, token: string, as: Caller, form: Readonly<Record<string, string>> = {}): Promise<Response> {
  return postForm(service.url + REVOKE_PATH, { token, ...form }, { as });
}

/** Waits until a condition holds. Throws with what was waited for after two seconds. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, patience = 2000): Promise<void> {
  for (const end = Date.now() + patience; Date.now() < end;) {
    if (await holds()) return;
    await pause(20);
  }
  throw new Error(`${what} did not happen within ${patience} ms`);
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
