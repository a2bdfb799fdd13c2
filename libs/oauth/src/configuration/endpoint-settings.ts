import type { PagesTheme } from './theme-settings.ts';

/** Which gateways may ask whether a request may pass, and what they are told. */
export interface ForwardAuthSettings {
  /** Whose introspection rules hold for gateways known by certificate or network; null where each has credentials of its own. */
  readonly client: string | null;
  /** CIDR ranges that are trusted without credentials. */
  readonly networks: readonly string[];
  /** TLS certificates that are trusted: base64url SHA-256 thumbprints, as in `x5t#S256`. RFC 8705 section 3.1. */
  readonly certificates: readonly string[];
  /** What every token must have. */
  readonly requiredScopes: readonly string[];
  /** What every token must be for; null for anything. */
  readonly requiredAudience: string | null;
  /** Values of `acr` of which every token must have one, or one that is worth as much; empty or absent for however sure. RFC 9470. */
  readonly acrValues?: readonly string[];
  /** Seconds since the person signed in that a token may go back, at most; null or absent for any. RFC 9470. */
  readonly maxAge?: number | null;
  /** Name of a claim by name of the header that tells it to the API. */
  readonly claimHeaders: Readonly<Record<string, string>>;
  /** Where gateways tell the certificate that the client showed them; null where they do not, and clients may send anything. */
  readonly clientCertificateHeader: 'client-cert' | 'x-ssl-client-cert' | null;
  /** URL of the API's metadata, for the challenge. RFC 9728 section 5.1. */
  readonly resourceMetadata: string | null;
}

/** How long a client waits for a person to allow it, on a device that has no browser. RFC 8628 section 3.2. */
export interface DeviceAuthorizationSettings {
  /** Seconds in which the person has to enter the code and to decide. */
  readonly codeLifetime: number;
  /** Seconds that the client waits between two polls. */
  readonly pollInterval: number;
}

/** How the pages for people look, and for how long who signs in on them is signed in. */
export interface UserPagesSettings {
  /** What the service is called on them. */
  readonly title: string;
  /** Of what is to be pressed: `#rrggbb`. */
  readonly accentColor: string;
  readonly theme: PagesTheme;
  /** The languages there are; the first is for those who read none of them. */
  readonly locales: readonly PageLocale[];
  /** Whether people sign in by passwords; else by upstream providers alone. */
  readonly passwords: boolean;
  /** Whether people see on `/account` what they have allowed, and can take it back. */
  readonly selfService: boolean;
  /** Whether people choose among the scopes that a client asks for, or allow all or nothing. */
  readonly scopeChoice: boolean;
  /** Seconds after which the person signs in again, however often they were here. */
  readonly sessionLifetime: number;
  /** Seconds after which the person signs in again who was not here meanwhile. */
  readonly sessionIdleLifetime: number;
  /** Seconds after which the person is asked again for what they have allowed; null for never. */
  readonly consentLifetime: number | null;
}

/** A language of the pages: one that we speak, or one of which the theme has all texts. */
export type PageLocale = string;
/** Languages that we speak. */
export const PAGE_LOCALES = ['en', 'de', 'sv'] as const;

/** As whom an endpoint looks tokens up that asks nobody who they are. */
export interface TokenValidationSettings {
  /** Whose introspection rules hold for everybody who asks. */
  readonly client: string;
}
