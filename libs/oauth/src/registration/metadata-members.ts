import { OAuthError } from '../errors.ts';

export type Metadata = Readonly<Record<string, unknown>>;

/** @param what begins with the member that is to be mended */
export function invalidMetadata(what: string): OAuthError {
  return new OAuthError('invalid_client_metadata', what);
}

/** A text; null where it is left out. @throws OAuthError */
export function textMember(metadata: Metadata, name: string, most: number): string | null {
  const value = metadata[name];
  if (value === undefined) return null;
  if (typeof value !== 'string' || value === '' || value.length > most)
    throw invalidMetadata(`${name} must be a text of 1 to ${most} characters.`);
  return readable(name, value);
}

/** Texts, each once; null where they are left out. @throws OAuthError */
export function textsMember(metadata: Metadata, name: string, most: number): readonly string[] | null {
  const value = metadata[name];
  if (value === undefined) return null;
  if (!Array.isArray(value) || value.length > most || !value.every((one) => typeof one === 'string' && one !== '' && one.length <= 2048))
    throw invalidMetadata(`${name} must be a list of at most ${most} texts.`);
  return [...new Set(value.map((one: string) => readable(name, one)))];
}

/** Strangers write what administrators and people are shown. @throws OAuthError */
function readable(name: string, text: string): string {
  if (/\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u.test(text)) throw invalidMetadata(`${name} must have no control characters.`);
  return text;
}

/** Of metadata that was judged before: the texts of a list, none where there is no list. */
export function textsIn(metadata: Metadata, name: string): readonly string[] {
  const value = metadata[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** @throws OAuthError */
export function flagMember(metadata: Metadata, name: string): boolean {
  const value = metadata[name];
  if (value === undefined || typeof value === 'boolean') return value === true;
  throw invalidMetadata(`${name} must be true or false.`);
}

/** What people read may be said in several languages. RFC 7591 section 2.2, RFC 5646. */
const HUMAN_READABLE = { client_name: 128, client_uri: 2048, logo_uri: 2048, policy_uri: 2048, tos_uri: 2048 } as const;
const LANGUAGE_TAG = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}$/;
const MOST_LANGUAGES = 100;

/** Names and addresses that people are shown, in each language in which they were given. @throws OAuthError */
export function humanReadable(metadata: Metadata): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const member of Object.keys(metadata)) {
    const [name = '', ...tags] = member.split('#');
    if (!Object.hasOwn(HUMAN_READABLE, name)) continue;
    if (tags.length > 1 || (tags[0] !== undefined && !LANGUAGE_TAG.test(tags[0])))
      throw invalidMetadata(`${name}# must be followed by a language tag such as ${name}#de-CH (RFC 7591 section 2.2).`);
    const text = textMember(metadata, member, HUMAN_READABLE[name as keyof typeof HUMAN_READABLE]);
    if (text === null) continue;
    if (name !== 'client_name' && !isWebPage(text)) throw invalidMetadata(`${member} must be the https URL of a page.`);
    shown[member] = text;
  }
  if (Object.keys(shown).length > MOST_LANGUAGES) throw invalidMetadata(`There are more than ${MOST_LANGUAGES} names and addresses.`);
  return shown;
}

function isWebPage(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' && url.username === '' && url.password === '' && /^[\x21-\x7e]+$/.test(text);
}
