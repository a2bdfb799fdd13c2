import type { DryRunContext } from '../../../api/script-types.ts';
import { objectOf, wrong } from '../../../components/draft.ts';
import type { Takes } from './takes.ts';

/** What a run is made of: what one chose in fields, a sample that was saved, a token, or JSON. */
export type Source = 'fields' | 'token' | 'sample' | 'json';

export interface Pair {
  readonly name: string;
  readonly value: string;
}

export interface ChosenClient {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
}

/** Who the flow is about. */
export type Person =
  { readonly kind: 'account'; readonly id: string; readonly username: string } | { readonly kind: 'subject'; readonly subject: string };

/** What a service is to answer, as it is typed. */
export interface AnswerDraft {
  readonly call: string;
  readonly answer: string;
}

/** The context as it is in the fields. A pasted token is not in it: that is in its field alone. */
export interface ContextDraft {
  readonly source: Source;
  /** Null for the made-up client. */
  readonly client: ChosenClient | null;
  /** Null for a made-up person. */
  readonly person: Person | null;
  /** Null for all that the client may have. */
  readonly scopes: readonly string[] | null;
  /** JSON, as it is typed. */
  readonly data: string;
  readonly isWithoutData: boolean;
  /** JSON, as it is typed. */
  readonly metadata: string;
  readonly form: readonly Pair[];
  readonly headers: readonly Pair[];
  readonly query: readonly Pair[];
  readonly clientIpAddress: string;
  readonly answers: readonly AnswerDraft[];
  /** Name of a saved sample. */
  readonly sample: string | null;
  /** All of it as JSON, as it is typed. */
  readonly json: string;
}

export const EMPTY: ContextDraft = {
  ...{ source: 'fields', client: null, person: null, scopes: null, data: '', isWithoutData: false, metadata: '' },
  ...{ form: [], headers: [], query: [], clientIpAddress: '', answers: [], sample: null, json: '' },
};

/** Members that are told apart from the context. */
const BESIDE = ['profile', 'flow', 'program', 'context'];

/**
 * The context as the service takes it.
 *
 * @param token what is in the field for it
 * @throws ApiError for what cannot be read, at the pointers of its fields
 */
export function contextOf(draft: ContextDraft, takes: Takes, token: string): DryRunContext {
  if (draft.source === 'json') return objectOf(draft.json, '/json', BESIDE);
  const isToken = draft.source === 'token';
  if (isToken && token === '') throw wrong('/token', 'paste a token first');
  const { client, person, scopes, isWithoutData } = draft;
  const data = takes.data === null || isToken ? {} : objectOf(draft.data, '/tokenData');
  const metadata = takes.metadata ? objectOf(draft.metadata, '/metadata') : {};
  const [form, headers, query] = [draft.form, draft.headers, draft.query].map(membersOf) as [Texts, Texts, Texts];
  const request = {
    ...(isEmpty(headers) ? {} : { headers }),
    ...(isEmpty(query) ? {} : { query }),
    ...(draft.clientIpAddress.trim() === '' ? {} : { clientIpAddress: draft.clientIpAddress.trim() }),
  };
  const answers = draft.answers.map(({ call, answer }, i) => ({ call: call.trim(), answer: jsonOf(answer, `/answers/${i}/answer`) }));
  const isWithout = isWithoutData && takes.withoutData !== null && !isToken;
  return {
    ...(takes.client && client !== null ? { client: client.id } : {}),
    ...(!takes.person || isToken || isWithout || person === null
      ? {}
      : person.kind === 'account'
        ? { account: person.id }
        : { subject: person.subject }),
    ...(isToken ? { token } : {}),
    ...(takes.scopes !== null && !isToken && scopes !== null ? { scopes: [...scopes] } : {}),
    ...(isWithout ? { tokenData: null } : isEmpty(data) ? {} : { tokenData: data }),
    ...(isEmpty(metadata) ? {} : { metadata }),
    ...(takes.form === null || isEmpty(form) ? {} : { form }),
    ...(isEmpty(request) ? {} : { request }),
    ...(answers.length === 0 ? {} : { answers }),
  };
}

type Texts = Readonly<Record<string, string>>;

function membersOf(pairs: readonly Pair[]): Texts {
  return Object.fromEntries(pairs.filter(({ name }) => name.trim() !== '').map(({ name, value }) => [name.trim(), value]));
}

function isEmpty(members: object): boolean {
  return Object.keys(members).length === 0;
}

function jsonOf(text: string, pointer: string): never {
  try {
    // What it may be is the service's to say.
    return JSON.parse(text) as never;
  } catch (error) {
    throw wrong(pointer, `is no JSON: ${(error as SyntaxError).message}`);
  }
}
