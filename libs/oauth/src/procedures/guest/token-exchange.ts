import type { ContextText, DelegationView, InitializedExchange, TokenExchangeView } from '../host-calls.ts';
import type { Guest } from '../sandbox.ts';
import type { DelegationViews } from './delegations.ts';
import type { JsonTexts } from './json.ts';
import type { OwnMembers } from './members.ts';
import type { JavaShapes } from './shapes.ts';
import type { Once, Read } from './views.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * The token exchange of RFC 8693: what was presented and asked for, and the step from the first phase to a full context.
 */
export function tokenExchange(
  guest: Guest,
  members: OwnMembers,
  shapes: JavaShapes,
  json: JsonTexts,
  delegations: DelegationViews,
  refuse: (code: string, description: string) => Error,
  dressed: boolean,
) {
  const { create, defineProperty, freeze, getPrototypeOf, setPrototypeOf } = Object;
  const { parse, stringify } = JSON;
  const { elementsOf, isObject } = members;

  const viewOf = ({ exchange }: ContextText): TokenExchangeView => {
    if (exchange === undefined) throw new Error('the context of a token exchange holds no exchange');
    return exchange;
  };

  // ---------------------------------------------------------------- presented tokens

  /** A presented token is its map of claims and has it as `data`, too; a claim of that name wins. */
  function withData(base: object): object {
    const prototype = create(base) as object;
    const accessors = {
      own(this: object) {
        return this;
      },
      method() {
        return accessors.own;
      },
    };
    for (const [name, get] of [
      ['data', accessors.own],
      ['getData', accessors.method],
    ] as const) {
      const set = {
        set(this: object, value: unknown) {
          defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
        },
      }.set;
      defineProperty(prototype, name, { get: freeze(get), set: freeze(set), enumerable: false, configurable: false });
    }
    return freeze(prototype);
  }
  const claimsPrototype = withData(dressed ? (getPrototypeOf(shapes.map({})) as object) : Object.prototype);

  /** The same map in both phases: it is shaped in place. */
  const claims = (token: Record<string, unknown> | null): object | null =>
    token === null || getPrototypeOf(token) === claimsPrototype
      ? token
      : (setPrototypeOf(dressed ? shapes.dress(token) : token, claimsPrototype) as object);

  const given = (view: DelegationView | null): object | null => (view === null ? null : delegations.given(view));

  const text =
    (name: 'requestedTokenType' | 'subjectTokenType' | 'subjectTokenValue' | 'actorTokenType'): Read<ContextText> =>
    (raw) =>
      viewOf(raw)[name];
  const set = (name: 'requestedScopes' | 'requestedAudiences'): Once<ContextText> => ({
    once: (raw) => freeze(shapes.set([...viewOf(raw)[name]])),
  });

  const shown: Record<string, Read<ContextText> | Once<ContextText>> = {
    presentedSubjectToken: { once: (raw) => claims(viewOf(raw).subjectToken) },
    presentedSubjectTokenDelegation: { once: (raw) => given(viewOf(raw).subjectTokenDelegation) },
    presentedActorTokenDelegation: { once: (raw) => given(viewOf(raw).actorTokenDelegation) },
    requestedScopes: set('requestedScopes'),
    requestedAudiences: set('requestedAudiences'),
    requestedTokenType: text('requestedTokenType'),
    subjectTokenType: text('subjectTokenType'),
    subjectTokenValue: text('subjectTokenValue'),
    actorTokenType: text('actorTokenType'),
  };

  /** The service has validated the actor token whatever strategy is named; null when there is none of its own. */
  const presentedActorToken = (raw: ContextText): object | null => claims(viewOf(raw).actorToken);

  // ---------------------------------------------------------------- the second phase

  function texts(value: unknown, what: string, separator?: string): string {
    if (value === null || value === undefined) return 'null';
    const found = elementsOf(value, separator);
    for (let i = 0; i < found.length; i++) {
      if (found[i] instanceof String) found[i] = String(found[i]);
      if (typeof found[i] !== 'string' || found[i] === '')
        throw new TypeError(`getInitializedContext: the ${what} must be text or a collection of texts`);
    }
    return stringify(found);
  }

  function attributes(value: unknown, what: string): string {
    if (value === null || value === undefined) return 'null';
    if (!isObject(value)) throw new TypeError(`getInitializedContext: the ${what} must be a map`);
    return json.ofData(value, `getInitializedContext: the ${what}`);
  }

  /** The raw context of the second phase. Text stands for a subject alone, one audience, or scopes separated by spaces. */
  function initialized(raw: ContextText, subject: unknown, context: unknown, audiences: unknown, scopes: unknown): ContextText {
    const subjectAttributes = attributes(
      typeof subject === 'string' || subject instanceof String ? { subject: String(subject) } : subject,
      'subjectAttributes',
    );
    const asked = `{"subjectAttributes":${subjectAttributes},"contextAttributes":${attributes(context, 'contextAttributes')}`;
    const answer = decided(`${asked},"audiences":${texts(audiences, 'audiences')},"scopes":${texts(scopes, 'scopes', ' ')}}`);
    return { ...raw, ...(parse(answer) as InitializedExchange) };
  }

  /** A decision beyond the ceilings refuses the caller, unless the procedure catches it and decides otherwise. */
  function decided(args: string): string {
    try {
      return guest.call('initialize', args);
    } catch (thrown) {
      const { code, message } = thrown as { readonly code?: unknown; readonly message: string };
      throw code === 'invalid_scope' || code === 'invalid_target' ? refuse(code, message) : thrown;
    }
  }

  return { initialized, presentedActorToken, shown };
}

/** What `tokenExchange` makes. */
export type TokenExchange = ReturnType<typeof tokenExchange>;
