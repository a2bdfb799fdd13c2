import { jwtVerify } from 'jose';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { ID_TOKEN_TYPE } from './id-token.ts';

/** What a client shows to say whom it means. */
export interface IdTokenHint {
  readonly client: string;
  readonly subject: string;
  /** `sid`; null where there is none. */
  readonly session: string | null;
}

/**
 * Reads an id token that this profile has issued, also when it has expired: it says whom the client knows, and opens nothing.
 * OpenID Connect Core section 3.1.2.1 (`id_token_hint`), RP-Initiated Logout section 2.
 *
 * @throws OAuthError `invalid_request`
 */
export async function readIdTokenHint(hint: string, profile: ProfileSnapshot): Promise<IdTokenHint> {
  try {
    const { payload } = await jwtVerify(
      hint,
      ({ kid = '', alg }) => {
        const key = profile.keys.byId(kid);
        if (key?.algorithm !== alg) throw new Error('not a key of this profile');
        return key.publicKey;
      },
      { issuer: profile.issuer, typ: ID_TOKEN_TYPE, currentDate: new Date(0) },
    );
    const { aud, sub, sid, purpose } = payload;
    // An access token is signed by the same keys.
    if (purpose !== 'id' || typeof aud !== 'string' || sub === undefined) throw new Error('no id token');
    return { client: aud, subject: sub, session: typeof sid === 'string' ? sid : null };
  } catch {
    throw new OAuthError('invalid_request', 'The id_token_hint is no id token of this service.');
  }
}
