import type { Profile } from './entities.ts';
import type { HttpClient } from './http-client-settings.ts';
import { clientReaching } from './host-rules.ts';

/**
 * Reports what keeps a profile from having people sign in by another provider, by pointer within the entity and message.
 *
 * @param httpClients those of the profile, by which providers are reached
 * @param secrets names of those of the profile
 */
export function checkUpstreamProviders(
  { issuer: own, upstreamProviders }: Profile,
  httpClients: readonly HttpClient[],
  secrets: ReadonlySet<string>,
  report: (pointer: string, message: string) => void,
): void {
  const issuers = new Map<string, string>();
  for (const [name, { issuer, authentication }] of Object.entries(upstreamProviders)) {
    const at = `/upstreamProviders/${name}`;
    const other = issuers.get(issuer);
    // Accounts are linked by issuer and subject: under two names the same person would come with the rules of either.
    if (other !== undefined) report(`${at}/issuer`, `"${other}" is at this issuer already`);
    issuers.set(issuer, name);
    if (issuer === own) report(`${at}/issuer`, 'is the profile itself');
    const url = URL.parse(issuer);
    if (url === null || clientReaching(httpClients, url) === undefined)
      report(`${at}/issuer`, `no HTTP client of the profile may go there: add ${url?.host ?? 'its host'} to the allowedHosts of one`);
    const { method, secret } = authentication;
    if (method === 'none' && secret !== null) report(`${at}/authentication/secret`, 'goes with another method than "none" only');
    if (method !== 'none' && secret === null)
      report(`${at}/authentication/secret`, `is missing: name the secret of the profile that "${method}" needs`);
    if (secret !== null && !secrets.has(secret)) report(`${at}/authentication/secret`, `the profile has no secret "${secret}"`);
  }
}
