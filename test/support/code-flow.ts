import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { broughtBack, type Person } from './person.ts';
import { postForm, type RunningService } from './running-service.ts';
import { TOKEN_PATH } from './wire-service.ts';

export const AUTHORIZE_PATH = '/oauth/v2/oauth-authorize';
/** Of the clients in people.yaml that are on the web. */
export const CALLBACK = 'https://app.example/callback';
const SECRET = 'Secr3t!';

/** Parameters by name; several of a name by an array, none by null. */
export type Parameters = Readonly<Record<string, string | readonly string[] | null>>;

/** An authorization request, and what its client keeps. */
export interface CodeRequest {
  readonly verifier: string;
  readonly form: URLSearchParams;
}

/** What the client `trusted` asks for, unless told otherwise. */
export function codeRequest(more: Parameters = {}): CodeRequest {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = { code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' };
  const usual = { client_id: 'trusted', response_type: 'code', redirect_uri: CALLBACK, scope: 'read', state: 'st4te', ...challenge };
  return { verifier, form: formOf({ ...usual, ...more }) };
}

export function formOf(parameters: Parameters): URLSearchParams {
  return new URLSearchParams(
    Object.entries(parameters).flatMap(([name, value]) =>
      value === null ? [] : [value].flat().map((each): [string, string] => [name, each]),
    ),
  );
}

/** A code that somebody has come back with, and what redeems it. */
export interface GivenCode {
  readonly client: string;
  readonly code: string;
  readonly verifier: string;
}

/** Has somebody sign in, or come straight back where they are signed in. */
export async function aCode(url: string, person: Person, client = 'trusted', more: Parameters = {}): Promise<GivenCode> {
  const { verifier, form } = codeRequest({ client_id: client, ...more });
  const back = await person.comeBack(`${url}${AUTHORIZE_PATH}?${form.toString()}`, form.get('redirect_uri') ?? '');
  const brought = await broughtBack(back);
  const code = brought.get('code');
  if (code === null) throw new Error(`no code: ${brought.toString()}`);
  return { client, code, verifier };
}

/** What redeems a code, with the client's secret in the form. */
export function redeeming({ client, code, verifier }: GivenCode): Record<string, string> {
  return { grant_type: 'authorization_code', code, code_verifier: verifier, client_id: client, client_secret: SECRET };
}

export function refreshing(refreshToken: string, client = 'trusted'): Record<string, string> {
  return { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: client, client_secret: SECRET };
}

/** What a token request answers. */
export interface Answered {
  readonly status: number;
  readonly access_token?: string;
  readonly refresh_token?: string;
  readonly error?: string;
  readonly error_description?: string;
  readonly [member: string]: unknown;
}

/** One token request. */
export async function asking(url: string, form: Parameters, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
  const response = await postForm(url + TOKEN_PATH, formOf(form).toString(), { headers });
  return { status: response.status, ...((await response.json()) as object) };
}

/** The tokens of somebody. */
export async function tokensOf(
  url: string,
  person: Person,
  client = 'trusted',
  more: Parameters = {},
): Promise<{ readonly access: string; readonly refresh: string }> {
  const { access_token: access, refresh_token: refresh, ...rest } = await asking(url, redeeming(await aCode(url, person, client, more)));
  if (access === undefined || refresh === undefined) throw new Error(`no tokens: ${JSON.stringify(rest)}`);
  return { access, refresh };
}

/** Lets the time of every code and pushed request be over, on the clock that counts: the database's. */
export function expireGrants({ dataDir }: Pick<RunningService, 'dataDir'>): void {
  const database = new Database(join(dataDir, 'tokenwright.db'));
  try {
    database.prepare("update authorization_grant set expires_at = 1 where kind <> 'refresh_token'").run();
  } finally {
    database.close();
  }
}
