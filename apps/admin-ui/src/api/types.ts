import type { z } from 'zod';
import type * as answers from '../../../admin-api/src/answers.ts';
import type * as bodies from '../../../admin-api/src/bodies.ts';
import type * as sessions from '../../../admin-api/src/session-answers.ts';

/** What the admin API answers and takes, from the schemas that it checks by. Types alone: none of its code is in the page. */

export type SessionAnswer = z.output<typeof sessions.currentSessionAnswer>;
export type { SignInWays } from '../../../admin-api/src/session-answers.ts';

export type Profile = z.output<typeof answers.profileAnswer>;
export type Endpoint = z.output<typeof answers.endpointAnswer>;
export type Client = z.output<typeof answers.clientAnswer>;
export type ClientSecret = z.output<typeof answers.secretAnswer>;
export type CreatedClient = z.output<typeof answers.createdClientAnswer>;
export type CreatedClientSecret = z.output<typeof answers.createdSecretAnswer>;
export type NewClient = z.input<typeof bodies.newClientBody>;
export type NewClientSecret = z.input<typeof bodies.newSecretBody>;

/** One page of a list. */
export interface ListPage<T> {
  readonly items: readonly T[];
  /** Send it as `after` for the next page; null on the last one. */
  readonly next: string | null;
}
