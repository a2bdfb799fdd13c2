import { hash } from 'node:crypto';
import { invalid, parametersOf, type RequestObjects } from '../authorize/request-object.ts';
import type { RegisteredClient } from '../client/registered-client.ts';
import { ASSERTION_TOLERANCE } from '../client/client-assertion.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import type { SingleUses } from '../single-uses.ts';
import { parameter, type Form } from '../transport/form.ts';

/** Those of client authentication, which stand beside a signed request. OpenID Connect CIBA section 7.1.1. */
const BESIDE: ReadonlySet<string> = new Set(['request', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type']);
/** Seconds: a request is signed to be sent, and its id is kept for as long as it is good. */
const LONGEST_LIFE = 3600;
const MOST_JTI = 256;

type Claims = Readonly<Record<string, unknown>>;

/** Authentication requests that a client has signed. OpenID Connect CIBA section 7.1.1. */
export class SignedRequests {
  constructor(
    private readonly objects: RequestObjects,
    private readonly uses: SingleUses,
    private readonly clock: () => number,
  ) {}

  /**
   * The parameters that count: those of the signed request where there is one.
   *
   * @throws OAuthError `invalid_request`
   */
  async resolved(form: Form, client: RegisteredClient, profile: ProfileSnapshot): Promise<Form> {
    const text = parameter(form, 'request');
    if (text === undefined) {
      if (client.client.backchannelAuthentication?.signedRequestsOnly === true)
        throw new OAuthError('invalid_request', 'The client has to sign its authentication requests.');
      return form;
    }
    const beside = [...form.keys()].find((name) => !BESIDE.has(name));
    if (beside !== undefined)
      throw new OAuthError('invalid_request', 'Parameters of the authentication request must stand in the signed request alone.');
    const claims = await this.#verified(text, client, profile);
    if (!(await this.#isFirst(claims, client, profile)))
      throw new OAuthError('invalid_request', 'The signed request has been used before: each needs a jti of its own.');
    return parametersOf(claims);
  }

  /** Section 13 has no error of its own for them. */
  async #verified(text: string, client: RegisteredClient, profile: ProfileSnapshot): Promise<Claims> {
    try {
      return await this.objects.verified(text, client.id, profile, (claims) => {
        requireClaims(claims, client.id, this.clock());
      });
    } catch (error) {
      if (error instanceof OAuthError && error.code === 'invalid_request_object')
        throw new OAuthError('invalid_request', error.message, { cause: error });
      throw error;
    }
  }

  #isFirst({ jti, exp }: Claims, client: RegisteredClient, profile: ProfileSnapshot): Promise<boolean> {
    const named = hash('sha256', `${client.id}\n${String(jti)}`, 'buffer');
    const expiresAt = Math.ceil(Number(exp)) + ASSERTION_TOLERANCE;
    return this.uses.isFirst({ profile: profile.id, kind: 'authentication-request', hash: named, expiresAt });
  }
}

/** Beside what every request object has: `aud`, `iss`, `exp`, `iat`, `nbf` and `jti` are all required here. */
function requireClaims({ iss, client_id: clientId, exp, iat, nbf, jti }: Claims, id: string, now: number): void {
  if (iss !== id) throw invalid('must have the client id as iss.');
  if (clientId !== undefined && clientId !== id) throw invalid('must have no other client_id than its client.');
  for (const [name, time] of Object.entries({ iat, nbf }))
    if (typeof time !== 'number' || time > now + ASSERTION_TOLERANCE) throw invalid(`needs an ${name} that does not lie ahead.`);
  if (typeof exp === 'number' && exp > now + LONGEST_LIFE + ASSERTION_TOLERANCE)
    throw invalid(`must expire within ${LONGEST_LIFE} seconds.`);
  if (typeof jti !== 'string' || jti === '' || jti.length > MOST_JTI) throw invalid(`needs a jti of at most ${MOST_JTI} characters.`);
}
