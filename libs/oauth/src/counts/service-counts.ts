import type { EndpointKind } from '../configuration/entities.ts';
import { ClientLabels } from './client-labels.ts';
import { Tally } from './tally.ts';

/** What was wrong with what a client sent to say who it is: nothing was sent, the id is of no client, or what was sent is not the client's. */
export type AuthenticationFailure = 'missing' | 'unknown_client' | 'secret' | 'assertion' | 'certificate';

/** What was wrong with a token that nobody knows: it can be none of ours, or it could be and there is none. */
export type UnknownToken = 'malformed' | 'unknown';

/** Why nobody was signed in. */
export type SignInFailure = 'unknown_account' | 'wrong_password' | 'locked' | 'disabled';

/** What refuses, with 503 or 429, those who do something too often. */
export type Brake =
  'failed_authentications' | 'slow_hashes' | 'unknown_tokens' | 'sign_ins' | 'backchannel_guesses' | 'user_codes' | 'registrations';

/** What an error is counted as. */
export interface Counted {
  readonly failure?: {
    readonly reason: AuthenticationFailure;
    /** Null for an id that is none of the profile's. */
    readonly client: string | null;
  };
  readonly brake?: Brake;
}

type Place = [profile: string, endpoint: EndpointKind];

/**
 * What has happened since the start, in plain numbers that whoever has metrics reads: nothing here knows how they are shown.
 * Labels are few: what the configuration names, and fixed words. Never an address, an account or a token.
 */
export class ServiceCounts {
  readonly #labels = new ClientLabels();
  /** `metadata` has no profile. */
  readonly requests = new Tally<[profile: string, endpoint: EndpointKind | 'metadata', status: number]>();
  readonly failedAuthentications = new Tally<[...Place, client: string, reason: AuthenticationFailure]>();
  readonly unknownTokens = new Tally<[...Place, client: string, reason: UnknownToken]>();
  readonly failedSignIns = new Tally<[profile: string, reason: SignInFailure]>();
  readonly refusals = new Tally<[profile: string, brake: Brake]>();

  /** An error on its way to a caller. */
  failed([profile, endpoint]: Readonly<Place>, { failure, brake }: Counted): void {
    if (failure !== undefined) this.failedAuthentications.add(profile, endpoint, this.#labels.of(profile, failure.client), failure.reason);
    if (brake !== undefined) this.refusals.add(profile, brake);
  }

  /** @param client null where nobody authenticates */
  unknownToken([profile, endpoint]: Readonly<Place>, client: string | null, reason: UnknownToken): void {
    this.unknownTokens.add(profile, endpoint, this.#labels.of(profile, client), reason);
  }
}
