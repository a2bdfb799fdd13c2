import type { Change, Configuration } from '../configuration/configuration.ts';
import type { KeySealer } from './key-sealing.ts';
import { missingPairwiseSecrets } from './pairwise-subject.ts';
import { missingSigningKeys } from './signing-keys.ts';

/** Creates what profiles lack that nobody configures: signing keys, and the secrets of pairwise subjects. */
export async function missingKeys(configuration: Configuration, sealer: KeySealer, now: number): Promise<readonly Change[]> {
  return [...(await missingSigningKeys(configuration, sealer, now)), ...(await missingPairwiseSecrets(configuration, sealer, now))];
}
