import type { DryRunReport } from '../../../api/script-types.ts';

type Members = Readonly<Record<string, unknown>>;

/** A JWT that came of a run, decoded. */
export interface SeenJwt {
  /** Where it was, in words. */
  readonly where: string;
  readonly header: Members;
  readonly claims: Members;
  /** As it was sent; null for one that was made and is not in the answer. */
  readonly text: string | null;
}

/** In its compact form: header and claims are JSON objects. RFC 7519 section 3. */
const JWT = /eyJ[\w-]+\.eyJ[\w-]*\.[\w-]*/g;

/** Every JWT of an answer, wherever in it, and those that were issued and not answered. */
export function jwtsOf({ answer, issued }: Pick<DryRunReport, 'answer' | 'issued'>): readonly SeenJwt[] {
  const seen = new Map<string, SeenJwt>();
  const look = (where: string, text: string) => {
    for (const [jwt] of text.matchAll(JWT)) {
      const decoded = decode(jwt);
      if (decoded !== null && !seen.has(jwt)) seen.set(jwt, { where, ...decoded, text: jwt });
    }
  };
  const walk = (where: string, value: unknown): void => {
    if (typeof value === 'string') look(where, value);
    else if (typeof value === 'object' && value !== null)
      for (const [name, member] of Object.entries(value)) walk(where === '' ? name : `${where}.${name}`, member);
  };
  const body = jsonOf(answer.body);
  if (body === undefined) look('the response', answer.body);
  else walk('', body);
  for (const [name, value] of Object.entries(answer.headers)) look(`header ${name}`, value);
  const shown = new Set([...seen.values()].map(({ header, claims }) => JSON.stringify([header, claims])));
  const others = issued
    .filter(({ header, claims }) => !shown.has(JSON.stringify([header, claims])))
    .map((jwt) => ({ ...jwt, where: 'made, and not in the answer', text: null }));
  return [...seen.values(), ...others];
}

/** What a text is as JSON; undefined for none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Null for what only looks like one. */
function decode(jwt: string): Pick<SeenJwt, 'header' | 'claims'> | null {
  const [header, claims] = jwt.split('.').map(partOf);
  return header === undefined || claims === undefined || header === null || claims === null ? null : { header, claims };
}

function partOf(part: string): Members | null {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Members) : null;
  } catch (error) {
    // No base64url, no UTF-8 or no JSON.
    if (error instanceof DOMException || error instanceof TypeError || error instanceof SyntaxError) return null;
    throw error;
  }
}
