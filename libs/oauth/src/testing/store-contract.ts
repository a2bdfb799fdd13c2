import { afterAll, beforeAll, describe } from '@jest/globals';
import type { Stores } from '../stores.ts';
import { describeAdminSessions } from './contract/admin-session-contract.ts';
import { describeAccounts } from './contract/account-contract.ts';
import { describeBuckets } from './contract/bucket-contract.ts';
import { describeConfiguration } from './contract/configuration-contract.ts';
import { describeDynamicClients } from './contract/dynamic-client-contract.ts';
import { describeConsents } from './contract/consent-contract.ts';
import { describeGrants } from './contract/grant-contract.ts';
import { describeListing } from './contract/listing-contract.ts';
import { describeLinks } from './contract/link-contract.ts';
import { describePolledAuthorizations } from './contract/polled-authorization-contract.ts';
import { describeProposals } from './contract/proposal-contract.ts';
import { describeRevocationEvents } from './contract/revocation-event-contract.ts';
import { describeSessions } from './contract/session-contract.ts';
import { describeTokens } from './contract/token-contract.ts';
import { describeUses } from './contract/use-contract.ts';

/**
 * What every implementation of `Stores` promises, whatever it keeps things in. One opening serves the whole suite,
 * so that each test makes things of its own and looks at no others.
 */
export function describeStores(name: string, open: () => Promise<Stores>): void {
  describe(name, () => {
    let stores: Stores;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(async () => {
      await stores.close();
    });
    describeConfiguration(() => stores);
    describeTokens(() => stores);
    describeListing(() => stores);
    describeGrants(() => stores);
    describePolledAuthorizations(() => stores);
    describeBuckets(() => stores);
    describeRevocationEvents(() => stores);
    describeUses(() => stores);
    describeAccounts(() => stores);
    describeSessions(() => stores);
    describeConsents(() => stores);
    describeDynamicClients(() => stores);
    describeLinks(() => stores);
    describeProposals(() => stores);
    describeAdminSessions(() => stores);
  });
}
