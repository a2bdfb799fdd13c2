/** Before the name of a claim among the scopes that somebody has allowed: no scope has a space in it. RFC 6749 section 3.3. */
const CLAIM = 'claim ';

/** What is kept of the permission to know one claim, among the scopes that somebody has allowed a client. OpenID Connect Core section 5.5. */
export function claimConsent(claim: string): string {
  return CLAIM + claim;
}

/** The claim that a permission is for; null for a scope. */
export function consentedClaim(allowed: string): string | null {
  return allowed.startsWith(CLAIM) ? allowed.slice(CLAIM.length) : null;
}
