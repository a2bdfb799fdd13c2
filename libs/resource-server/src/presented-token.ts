import type { Scheme } from './auth.ts';
import { headerOf, type TokenRequest } from './token-request.ts';

/** Where a token may be. RFC 6750 section 2. */
export type TokenPlace = 'header' | 'form' | 'query';

export interface PresentedToken {
  readonly scheme: Scheme;
  readonly token: string;
}

/** What is wrong with how a token was sent; fit for `error_description`. */
export interface Malformed {
  readonly problem: string;
}

const CREDENTIALS = /^(bearer|dpop) +([A-Za-z0-9._~+/-]+=*) *$/i;
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;
/** Node's own bound for all headers; in a form there is none. */
const MOST_CHARACTERS = 16_384;

/** The access token of a request; null for none. A request has one, in one place. RFC 6750 sections 2 and 3.1. */
export function presentedToken(request: TokenRequest, places: readonly TokenPlace[]): PresentedToken | Malformed | null {
  const found = [...inHeader(request), ...inQuery(request), ...inForm(request)];
  if (found.length > 1) return { problem: 'Send one access token, in one place.' };
  const [only] = found;
  if (only === undefined || 'problem' in only) return only ?? null;
  if (!places.includes(only.place)) return { problem: `Send the access token in the ${NAMES[places[0] ?? 'header']}.` };
  return only.token.length > MOST_CHARACTERS ? { problem: 'The access token is too long.' } : only;
}

const NAMES: Readonly<Record<TokenPlace, string>> = { header: 'Authorization header', form: 'form', query: 'query' };

type Found = (PresentedToken & { readonly place: TokenPlace }) | Malformed;

function inHeader(request: TokenRequest): readonly Found[] {
  const authorization = headerOf(request, 'authorization');
  if (authorization === null || authorization === '') return [];
  if (typeof authorization === 'object') return [{ problem: 'Send one Authorization header.' }];
  const [, scheme, token] = CREDENTIALS.exec(authorization) ?? [];
  if (scheme !== undefined && token !== undefined)
    return [{ scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token, place: 'header' }];
  // Basic and others are none of ours: the client is told which schemes are.
  return /^(bearer|dpop)( |$)/i.test(authorization) ? [{ problem: 'The Authorization header is malformed.' }] : [];
}

function inQuery({ url }: TokenRequest): readonly Found[] {
  const mark = url.indexOf('?');
  if (mark < 0) return [];
  return new URLSearchParams(url.slice(mark + 1)).getAll('access_token').flatMap((token) => parameter(token, 'query'));
}

function inForm({ form, method }: TokenRequest): readonly Found[] {
  if (form === undefined || !Object.hasOwn(form, 'access_token') || method === 'GET' || method === 'HEAD') return [];
  const value = form['access_token'];
  return Array.isArray(value) ? value.flatMap((each) => parameter(each, 'form')) : parameter(value, 'form');
}

function parameter(token: unknown, place: TokenPlace): readonly Found[] {
  if (token === '' || token === undefined) return [];
  if (typeof token !== 'string' || !TOKEN.test(token)) return [{ problem: 'The access token is malformed.' }];
  return [{ scheme: 'Bearer', token, place }];
}
