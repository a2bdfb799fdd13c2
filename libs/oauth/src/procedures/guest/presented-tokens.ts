import type { ContextText, PresentedNonceView, PresentedTokenView } from '../host-calls.ts';
import type { JavaShapes } from './shapes.ts';
import type { Once, ViewKinds } from './views.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * What the caller presented: the token of introspection, refresh and userinfo, or the code that was redeemed. Their data is
 * the map itself, for this run's own changes: scripts pass it on to an issuer.
 */
export function presentedTokens(shapes: JavaShapes, views: ViewKinds, dressed: boolean) {
  const { freeze, keys } = Object;

  const dress = <T>(value: T): T => (dressed ? shapes.dress(value) : value);

  interface Presented {
    readonly token: PresentedTokenView;
    readonly context: object;
    readonly subject: unknown;
    readonly expiresAt: unknown;
    readonly issuedAt: unknown;
    readonly notBefore: unknown;
  }

  const PresentedToken = views.define<Presented>({
    data: {
      active: ({ token }) => token.active,
      type: ({ token }) => token.type,
      data: { once: ({ token }) => dress(token.data) },
      subject: ({ subject }) => subject,
      expiresAt: ({ expiresAt }) => expiresAt,
      issuedAt: ({ issuedAt }) => issuedAt,
      notBefore: ({ notBefore }) => notBefore,
      expiredScopes: { once: ({ token }) => freeze(shapes.set(token.expiredScopes as string[])) },
      tokenClaimNames: { once: ({ token }) => freeze(shapes.set(keys(token.data))) },
    },
    services: {
      value: ({ token }) => token.value,
      delegation: ({ context }) => (context as { readonly delegation: unknown }).delegation,
    },
    booleans: ['active'],
  });

  const PresentedNonce = views.define<{ readonly nonce: PresentedNonceView; readonly context: object }>({
    data: { data: { once: ({ nonce }) => dress(nonce.data) } },
    services: { delegation: ({ context }) => (context as { readonly delegation: unknown }).delegation },
  });

  const presentedToken: Once<ContextText> = {
    once: ({ presentedToken: token }, context) => {
      if (token === undefined) return null;
      const { sub = null, exp = null, iat = null, nbf = null } = token.data;
      return PresentedToken.make({ token, context, subject: sub, expiresAt: exp, issuedAt: iat, notBefore: nbf });
    },
  };

  const presentedNonce: Once<ContextText> = {
    once: ({ presentedNonce: nonce }, context) => (nonce === undefined ? null : PresentedNonce.make({ nonce, context })),
  };

  return { presentedNonce, presentedToken };
}

/** What `presentedTokens` makes. */
export type PresentedTokens = ReturnType<typeof presentedTokens>;
