import type { z } from 'zod';
import type * as bodiesOfConfiguration from '#libs/configuration';
import type * as accounts from '../../../admin-api/src/account-shapes.ts';
import type * as configuration from '../../../admin-api/src/configuration-answers.ts';
import type * as answers from '../../../admin-api/src/answers.ts';
import type * as bodies from '../../../admin-api/src/bodies.ts';
import type * as registrations from '../../../admin-api/src/registration-shapes.ts';
import type * as executions from '../../../admin-api/src/execution-answers.ts';
import type * as proposals from '../../../admin-api/src/proposal-views.ts';
import type * as sessions from '../../../admin-api/src/session-answers.ts';
import type * as tokens from '../../../admin-api/src/token-answers.ts';

/** What the admin API answers and takes, from the schemas that it checks by. Types alone: none of its code is in the page. */

export type SessionAnswer = z.output<typeof sessions.currentSessionAnswer>;
export type { SignInWays } from '../../../admin-api/src/session-answers.ts';

export type Profile = z.output<typeof answers.profileAnswer>;
export type Endpoint = z.output<typeof answers.endpointAnswer>;
export type Status = z.output<typeof answers.statusAnswer>;
export type TokenIssuer = z.output<typeof answers.tokenIssuerAnswer>;
export type SigningKey = z.output<typeof answers.signingKeyAnswer>;
export type Rotation = z.output<typeof answers.rotationAnswer>;
export type NewHttpClient = z.input<typeof bodiesOfConfiguration.httpClientBody>;
export type NewProfile = z.input<typeof bodiesOfConfiguration.profileBody>;
export type HttpClient = z.output<typeof answers.httpClientAnswer>;
export type Secret = z.output<typeof answers.profileSecretAnswer>;
export type Bucket = z.output<typeof answers.bucketAnswer>;
export type ClearedEntries = z.output<typeof answers.clearedAnswer>;
export type BucketEntry = z.output<typeof answers.bucketEntryAnswer>;
export type Account = z.output<typeof accounts.accountAnswer>;
export type CreatedAccount = z.output<typeof accounts.createdAccountAnswer>;
export type NewPassword = z.output<typeof accounts.passwordAnswer>;
export type LoginSession = z.output<typeof accounts.sessionAnswer>;
export type AccountLink = z.output<typeof accounts.linkAnswer>;
export type DynamicClient = z.output<typeof registrations.dynamicClientAnswer>;
export type InitialAccessToken = z.output<typeof registrations.initialAccessTokenAnswer>;
export type NewInitialAccessToken = z.input<typeof registrations.initialAccessTokenBody>;
export type CreatedInitialAccessToken = z.output<typeof registrations.createdTokenAnswer>;
export type Client = z.output<typeof answers.clientAnswer>;
export type ClientSecret = z.output<typeof answers.secretAnswer>;
export type CreatedClient = z.output<typeof answers.createdClientAnswer>;
export type CreatedClientSecret = z.output<typeof answers.createdSecretAnswer>;
export type NewClient = z.input<typeof bodies.newClientBody>;
export type NewClientSecret = z.input<typeof bodies.newSecretBody>;

export type Delegation = z.output<typeof answers.delegationAnswer>;
export type Token = z.output<typeof answers.tokenAnswer>;
export type LookedUpToken = z.output<typeof tokens.lookedUpTokenAnswer>;
export type AuditEvent = z.output<typeof answers.auditEventAnswer>;
export type ConfigurationDiff = z.output<typeof configuration.configurationDiffAnswer>;
export type ConfigurationChanges = z.output<typeof configuration.configurationChangesAnswer>;
export type Change = z.output<typeof proposals.changeAnswer>;
export type Difference = Change['differences'][number];
export type ProposalSummary = z.output<typeof proposals.proposalSummaryAnswer>;
export type Proposal = z.output<typeof proposals.proposalAnswer>;
export type AdministratorEntry = z.output<typeof answers.administratorAnswer>;
export type CreatedAdministrator = z.output<typeof answers.createdAdministratorAnswer>;
export type NewAdministrator = z.input<typeof bodies.newAdministratorBody>;
export type AdminSession = z.output<typeof sessions.adminSessionAnswer>;

/** One page of a list. */
export interface ListPage<T> {
  readonly items: readonly T[];
  /** Send it as `after` for the next page; null on the last one. */
  readonly next: string | null;
}
export type Overview = z.output<typeof executions.overviewAnswer>;
export type Execution = z.output<typeof executions.executionAnswer>;
export type Statistics = z.output<typeof executions.statisticsAnswer>;
