export const KNOWN_CLAIMS = [
  ...(['name', 'family_name', 'given_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture', 'website'] as const),
  ...(['gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at', 'email', 'email_verified', 'address'] as const),
  ...(['phone_number', 'phone_number_verified'] as const),
] as const;

/** Everything that the pages say, in one language. */
export interface Texts {
  readonly signIn: {
    readonly title: string;
    /** What the person signs in for; the name of the client. */
    readonly forClient: (client: string) => string;
    readonly username: string;
    readonly password: string;
    readonly submit: string;
    /** One text for every reason. */
    readonly wrong: string;
    readonly incomplete: string;
    readonly stale: string;
    readonly busy: string;
    readonly signedOut: string;
    readonly again: string;
  };
  /** Of signing in by another provider; each has its name. */
  readonly upstream: {
    readonly or: string;
    readonly with: (provider: string) => string;
    readonly unavailable: (provider: string) => string;
    readonly denied: (provider: string) => string;
    readonly invalid: (provider: string) => string;
    readonly notAllowed: (provider: string) => string;
    readonly unknown: (provider: string) => string;
    readonly notRecent: (provider: string) => string;
  };
  readonly consent: {
    readonly title: (client: string) => string;
    readonly signedInAs: (username: string) => string;
    readonly asksFor: (client: string) => string;
    readonly asksForNothing: (client: string) => string;
    readonly returnsTo: (host: string) => string;
    readonly allow: string;
    readonly deny: string;
    readonly somebodyElse: string;
    readonly takeBackLater: string;
    /** Scopes that everybody knows, where the configuration does not describe them. OpenID Connect Core section 5.4. */
    /** One detail that is asked for by itself. */
    readonly claim: (claim: string) => string;
    /** Claims that everybody knows; others are called by their names. OpenID Connect Core section 5.1. */
    readonly claims: Readonly<Record<(typeof KNOWN_CLAIMS)[number], string>>;
    readonly scopes: Readonly<Record<'openid' | 'profile' | 'email' | 'address' | 'phone' | 'offline_access', string>>;
  };
  /** What a client asks from another device. */
  readonly approval: {
    readonly title: (client: string) => string;
    readonly askedAt: string;
    /** Stands before the message that the other device shows. */
    readonly compare: string;
    /** Against those who ask in the name of others. OpenID Connect CIBA section 14. */
    readonly warning: string;
    readonly approved: { readonly title: string; readonly text: (client: string) => string };
    readonly denied: { readonly title: string; readonly text: (client: string) => string };
    /** Over, answered somewhere else, or of somebody else: nobody is told which. */
    readonly over: { readonly title: string; readonly text: (client: string) => string };
    /** On the page of the account. */
    readonly waiting: string;
    readonly answer: string;
    readonly answerWhich: (client: string) => string;
  };
  readonly device: {
    readonly title: string;
    /** What the person types in. */
    readonly code: string;
    readonly hint: string;
    /** Where the code came along. */
    readonly check: string;
    readonly submit: string;
    readonly unknown: string;
    readonly malformed: string;
    readonly tooMany: string;
    readonly allow: (client: string) => string;
    readonly compare: string;
    /** Against those who have others enter their codes. RFC 8628 section 5.4. */
    readonly warning: string;
    readonly approved: { readonly title: string; readonly text: (client: string) => string };
    readonly denied: { readonly title: string; readonly text: (client: string) => string };
    readonly late: { readonly title: string; readonly text: (client: string) => string };
    readonly close: string;
    readonly another: string;
  };
  readonly going: { readonly title: string; readonly text: string; readonly link: string };
  readonly account: {
    readonly title: string;
    readonly signedInAs: (username: string) => string;
    readonly signOut: string;
    readonly applications: string;
    readonly noApplications: string;
    readonly allowedSince: string;
    readonly lastUsed: string;
    readonly remove: string;
    readonly removeWhich: (client: string) => string;
    readonly removed: string;
    readonly sessions: string;
    readonly thisSession: string;
    readonly signedInSince: string;
    readonly lastSeen: string;
    readonly endSession: string;
    readonly endOthers: string;
    readonly sessionEnded: string;
  };
  /** Of other providers that an account is linked to. */
  readonly links: {
    readonly title: string;
    readonly text: string;
    readonly since: string;
    readonly lastUsed: string;
    readonly link: (provider: string) => string;
    readonly remove: string;
    readonly removeWhich: (provider: string) => string;
    readonly linked: string;
    readonly removed: string;
    readonly taken: string;
    readonly failed: string;
    readonly last: string;
  };
  readonly password: {
    readonly title: string;
    readonly current: string;
    readonly fresh: string;
    readonly hint: string;
    readonly repeated: string;
    readonly submit: string;
    readonly changed: string;
    readonly wrong: string;
    readonly tooShort: string;
    readonly tooLong: string;
    readonly isUsername: string;
    readonly differs: string;
  };
  /** At the foot of every page, where there is something to link to. */
  readonly footer: {
    readonly help: string;
    readonly privacy: string;
    readonly terms: string;
    /** Read out after each. */
    readonly newTab: string;
  };
  readonly failed: {
    readonly title: string;
    readonly expired: string;
    readonly foreign: string;
    readonly unreadable: string;
    readonly missing: string;
    readonly busy: string;
  };
}
