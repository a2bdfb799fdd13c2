import { decodeProtectedHeader } from 'jose';
import type { RegistrationSettings, StatementIssuer } from '../configuration/registration-settings.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { KEYS_RETRY_SECONDS, KeysUnavailable, WrongSignature, type ForeignKeys } from '../foreign-keys.ts';
import { isNestedTooDeeply } from '../issuance/claims.ts';
import { isObject } from '../procedures/service-arguments.ts';
import { claimedIssuer } from '../token/exchange/trusted-issuers.ts';
import type { Metadata } from './metadata-members.ts';

const MOST_CHARACTERS = 16_384;
/** Seconds by which the clocks of the issuer and of this service may differ. */
const TOLERANCE = 30;
const TYPES: ReadonlySet<unknown> = new Set([undefined, 'jwt', 'software-statement+jwt']);
/** Claims that say something of the statement and nothing of the software. RFC 7519 section 4.1. */
const OF_THE_STATEMENT: ReadonlySet<string> = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'software_statement']);

/** What somebody who is trusted vouches for about a piece of software. RFC 7591 section 2.3. */
export interface SoftwareStatement {
  readonly text: string;
  readonly issuer: StatementIssuer;
  /** All of its claims. */
  readonly claims: Metadata;
  /** Those that are metadata, and take the place of what the client says. */
  readonly metadata: Metadata;
}

/** Verifies software statements by the keys of issuers that the profile trusts and the endpoint names. */
export class SoftwareStatements {
  constructor(private readonly keys: ForeignKeys) {}

  /**
   * The statement of a registration; null where there is none.
   *
   * @param kept the one by which the client was registered: it goes on, also when its time is over
   * @throws OAuthError `invalid_software_statement`, `unapproved_software_statement`, `temporarily_unavailable`
   */
  async verified(
    asked: Metadata,
    settings: RegistrationSettings,
    profile: ProfileSnapshot,
    now: number,
    kept: unknown = null,
  ): Promise<SoftwareStatement | null> {
    const text = asked['software_statement'];
    if (text === undefined) return null;
    if (typeof text !== 'string' || text.length > MOST_CHARACTERS) throw invalid('must be a signed JWT.');
    const named = claimedIssuer(text);
    if (named === undefined) throw invalid('is not a signed JWT with an iss.');
    const issuer = settings.softwareStatements.find((one) => one.issuer === named);
    const trusted = profile.trustedIssuer(named);
    if (issuer === undefined || trusted === undefined)
      throw new OAuthError('unapproved_software_statement', 'The software statement is of an issuer whose statements are not taken here.');
    if (text !== kept) {
      const { alg, typ } = decodeProtectedHeader(text);
      if (!TYPES.has(typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ))
        throw invalid('is a JWT of another type.');
      if (typeof alg !== 'string' || !trusted.algorithms.includes(alg))
        throw invalid('is signed by an algorithm that is not taken from its issuer.');
      try {
        const expected = { issuer: trusted.issuer, algorithms: trusted.algorithms, clockTolerance: TOLERANCE };
        await this.keys.verify(text, trusted, expected, profile, now);
      } catch (error) {
        if (error instanceof WrongSignature) throw invalid('has a wrong signature, or is not valid now.');
        if (!(error instanceof KeysUnavailable)) throw error;
        throw new OAuthError(
          'temporarily_unavailable',
          'The keys of the issuer of the software statement cannot be had now. Try again later.',
          {
            retryAfter: KEYS_RETRY_SECONDS,
            cause: error,
          },
        );
      }
    }
    return { text, issuer, ...contentOf(text, profile) };
  }
}

function contentOf(text: string, profile: ProfileSnapshot): Pick<SoftwareStatement, 'claims' | 'metadata'> {
  const payload = Buffer.from(text.split('.')[1] ?? '', 'base64url').toString();
  if (isNestedTooDeeply(payload)) throw invalid('is nested too deeply.');
  const claims: unknown = JSON.parse(payload);
  if (!isObject(claims)) throw invalid('is no object.');
  const { aud, software_id: software } = claims;
  // What is an id token or an access token of the same issuer vouches for no software.
  if (typeof software !== 'string' || software === '') throw invalid('needs a software_id: it must say what it vouches for.');
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (
    aud !== undefined &&
    !audiences.some((one) => typeof one === 'string' && (one === profile.issuer || one.startsWith(`${profile.baseUrl}/`)))
  )
    throw invalid('is for another audience: aud must be the issuer, or be left out.');
  const metadata = Object.fromEntries(Object.entries(claims).filter(([name]) => !OF_THE_STATEMENT.has(name)));
  return { claims, metadata };
}

function invalid(what: string): OAuthError {
  return new OAuthError('invalid_software_statement', `The software statement ${what}`);
}
