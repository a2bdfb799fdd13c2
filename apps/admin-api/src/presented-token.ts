import { createPublicKey } from 'node:crypto';
import type { z } from 'zod';
import { opaqueTokenKey, presentedJwt, tokenId, type FoundToken, type JwtIssuer, type Profile } from '#libs/oauth';
import type { AdminServices } from './admin-services.ts';
import type { lookedUpTokenAnswer } from './token-answers.ts';

type LookedUpToken = z.output<typeof lookedUpTokenAnswer>;

/** What a token that somebody presents is. Nothing of it is kept. */
export async function lookUp(services: AdminServices, profile: Profile, presented: string): Promise<LookedUpToken> {
  const { stores, clock } = services;
  const now = clock();
  const opaque = opaqueTokenKey(presented);
  const named = opaque === null ? await presentedJwt(issuerOf(services, profile), presented, now) : { key: opaque, claims: null };
  if (named === 'expired') return { status: 'expired', token: null };
  const [found = null] = named === null ? [] : await stores.tokens.find([named.key]);
  if (named === null || found?.profile !== profile.id) return { status: 'unknown', token: null };
  const { purpose, form, clientId, delegationId, expiresAt, revokedAt } = found;
  const data = named.claims ?? (JSON.parse(found.data) as Record<string, unknown>);
  return {
    status: statusOf(found, now),
    token: { id: tokenId(found.key), purpose, form, clientId, delegationId, data, expiresAt, revokedAt },
  };
}

function statusOf({ revokedAt, expiresAt, delegation }: FoundToken, now: number): LookedUpToken['status'] {
  if (revokedAt !== null || delegation?.status !== 'active') return 'revoked';
  return expiresAt <= now || delegation.expiresAt <= now ? 'expired' : 'active';
}

function issuerOf({ configuration, baseUrl }: AdminServices, { id, issuer }: Profile): JwtIssuer {
  const keys = [...configuration.current.all('signing-key')].filter(({ profile }) => profile === id);
  return {
    issuer: issuer.startsWith('/') ? baseUrl + issuer : issuer,
    keys: {
      byId(kid) {
        const key = keys.find((each) => each.kid === kid);
        return key && { algorithm: key.algorithm, publicKey: createPublicKey({ key: key.publicJwk, format: 'jwk' }) };
      },
    },
  };
}
