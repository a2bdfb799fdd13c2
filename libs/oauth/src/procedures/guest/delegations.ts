import type { DelegationView } from '../host-calls.ts';
import type { Guest } from '../sandbox.ts';
import type { OwnMembers } from './members.ts';
import type { JavaShapes } from './shapes.ts';
import type { Once, ViewKinds } from './views.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * Delegations as procedures see them: those given in the context and those this run makes. Tokens can be issued under
 * these only, which is why they are known by what they are and not by how they look.
 */
export function delegationViews(guest: Guest, members: OwnMembers, shapes: JavaShapes, views: ViewKinds, dressed: boolean) {
  const { parse } = JSON;
  const { isArray } = Array;
  const { isObject } = members;

  interface Raw {
    readonly id: string;
    readonly run: object;
    readonly view: () => DelegationView;
  }

  /** Maps of a delegation cannot be written; absent ones are empty. */
  const tree = (read: (view: DelegationView) => unknown): Once<Raw> => ({
    once: (raw) => {
      const value = read(raw.view()) ?? {};
      return shapes.freezeTree(dressed ? shapes.dress(value) : value);
    },
  });
  const nullable = (read: (view: DelegationView) => unknown): Once<Raw> => ({
    once: (raw) => {
      const value = read(raw.view()) ?? null;
      return shapes.freezeTree(dressed ? shapes.dress(value) : value);
    },
  });

  const Delegation = views.define<Raw>({
    data: {
      id: (raw) => raw.id,
      clientId: (raw) => raw.view().clientId,
      owner: (raw) => raw.view().owner,
      scope: (raw) => raw.view().scope,
      claims: tree((view) => view.claims),
      customClaimValues: tree((view) => view.customClaimValues),
      data: tree((view) => view.data),
      consent: nullable((view) => view.consent),
      clientCertificate: (raw) => raw.view().clientCertificate ?? null,
      authenticationAttributes: nullable((view) => view.authenticationAttributes),
    },
  });

  /** One that the context holds. */
  function given(view: DelegationView): object {
    return Delegation.make({ id: view.id, run: guest.run(), view: () => view });
  }

  /** One that this run makes from data as JSON; the client is asked for when somebody reads it. */
  function made(id: string, data: string, clientId: () => string): object {
    let view: DelegationView | undefined;
    return Delegation.make({ id, run: guest.run(), view: () => (view ??= viewOf(id, data, clientId)) });
  }

  function viewOf(id: string, data: string, clientId: () => string): DelegationView {
    const all = parse(data) as Record<string, unknown>;
    const object = (name: string) => (isObject(all[name]) && !isArray(all[name]) ? all[name] : null);
    const text = (value: unknown) => (typeof value === 'string' ? value : null);
    const scope = all['scope'];
    return {
      id,
      get clientId() {
        return clientId();
      },
      owner: text(all['owner']) ?? text(all['sub']) ?? clientId(),
      scope: isArray(scope) ? scope.join(' ') : (text(scope) ?? ''),
      claims: object('claims') ?? {},
      customClaimValues: object('customClaimValues') ?? {},
      data: all,
      consent: object('consent'),
      clientCertificate: text(all['clientCertificate']),
      authenticationAttributes: object('authenticationAttributes'),
    };
  }

  /** The id of a delegation of this run, empty for null; throws `TypeError` for anything else. */
  function idOf(delegation: unknown, what: string): string {
    if (delegation === null || delegation === undefined) return '';
    if (!Delegation.is(delegation) || Delegation.raw(delegation).run !== guest.run()) {
      throw new TypeError(`${what}: the delegation must be the context's or one that delegationIssuer.issue gave`);
    }
    return Delegation.raw(delegation).id;
  }

  return { given, idOf, made };
}

/** What `delegationViews` makes. */
export type DelegationViews = ReturnType<typeof delegationViews>;
