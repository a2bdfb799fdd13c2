import type { Configuration } from './configuration.ts';
import { entityKey } from './entities.ts';
import type { ConfigurationProblem } from './validation.ts';

/** What is valid, and yet less safe, or of less use, than an operator may think: told when it is applied and when it is served. */
export function configurationWarnings(configuration: Configuration): readonly ConfigurationProblem[] {
  const warnings: ConfigurationProblem[] = [];
  for (const { profile, id, kind, path, enabled, tokenValidation } of configuration.all('endpoint')) {
    if (kind !== 'oauth-token-validation' || !enabled) continue;
    const message = `whoever reaches ${path} is told the claims of tokens without authentication, as client "${tokenValidation?.client ?? ''}" may introspect them: let nobody but the APIs that need it reach it, and have them introspect where they can`;
    warnings.push({ kind: 'endpoint', key: entityKey(profile, id), pointer: '', message });
  }
  for (const { profile, id, path, enabled, registration } of configuration.all('endpoint')) {
    if (!enabled || registration?.access.includes('anyone') !== true) continue;
    const most = configuration.get('profile', entityKey(profile))?.registrationTemplates[registration.template]?.maximumClients ?? 0;
    const message = `whoever reaches ${path} may register clients, up to ${most} of template "${registration.template}", and call them what they like: see to it that the template allows no more than strangers may have, that it asks people for consent, and prefer "initial-access-token"`;
    warnings.push({ kind: 'endpoint', key: entityKey(profile, id), pointer: '/registration/access', message });
  }
  for (const { profile, id, kind, enabled } of configuration.all('endpoint')) {
    if (kind !== 'oauth-device-authorization' || !enabled || hasPages(configuration, profile)) continue;
    const message = 'nobody can enter the codes that it gives: the profile needs an advertised endpoint of the kind "user-pages"';
    warnings.push({ kind: 'endpoint', key: entityKey(profile, id), pointer: '', message });
  }
  for (const { profile, id, enabled, capabilities, boundAccessTokens, tokenExchange } of configuration.all('client')) {
    if (enabled && capabilities.includes('password')) {
      const message =
        'it may use the password grant, which is obsolete: people show it their passwords, and nothing but a password can be asked of them (RFC 9700 section 2.4); have it use "authorization-code"';
      warnings.push({ kind: 'client', key: entityKey(profile, id), pointer: '/capabilities', message });
    }
    const frontChannel = capabilities.find((capability) => capability === 'implicit' || capability === 'hybrid');
    // A client whose tokens are bound gets none there.
    if (enabled && frontChannel !== undefined && boundAccessTokens === null) {
      const message = `it may use "${frontChannel}", by which access tokens come from the authorization endpoint: they pass through the browser, where they leak and can be replaced, and nothing binds them to the client (RFC 9700 section 2.1.2); have it use "authorization-code" alone, or set boundAccessTokens, with which it gets id tokens and codes there and no access tokens`;
      warnings.push({ kind: 'client', key: entityKey(profile, id), pointer: '/capabilities', message });
    }
    if (!enabled || tokenExchange?.subjectTokens !== 'any') continue;
    const message =
      'it may exchange tokens that are neither its own nor for it: whatever token it gets hold of, it can swap for another; "audience", with "ownAudiences", is safer';
    warnings.push({ kind: 'client', key: entityKey(profile, id), pointer: '/tokenExchange/subjectTokens', message });
  }
  return warnings;
}

function hasPages(configuration: Configuration, of: string): boolean {
  for (const { profile, kind, enabled, advertised } of configuration.all('endpoint'))
    if (profile === of && kind === 'user-pages' && enabled && advertised) return true;
  return false;
}
