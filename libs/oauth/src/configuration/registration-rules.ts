import { isForPublicClients } from './client-authentication-rules.ts';
import type { Endpoint, Profile } from './entities.ts';

type Problems = (pointer: string, message: string) => void;

/** Reports what a template promises that its profile does not have, by pointer within the profile and message. */
export function checkRegistrationTemplates(profile: Profile, report: Problems): void {
  for (const [id, template] of Object.entries(profile.registrationTemplates)) {
    const at = (member: string, message: string) =>
      report(`/registrationTemplates/${id.replaceAll('~', '~0').replaceAll('/', '~1')}/${member}`, message);
    template.capabilities.forEach((capability, i) => {
      if (!profile.capabilities.includes(capability)) at(`capabilities/${i}`, `the profile has no capability "${capability}"`);
    });
    template.scopes.forEach((scope, i) => {
      if (!Object.hasOwn(profile.scopes, scope)) at(`scopes/${i}`, `the profile has no scope "${scope}"`);
    });
    template.defaultScopes?.forEach((scope, i) => {
      if (!template.scopes.includes(scope)) at(`defaultScopes/${i}`, `"${scope}" is not among the scopes of the template`);
    });
    template.audiences.forEach((audience, i) => {
      if (profile.allowedAudiences?.includes(audience) === false)
        at(`audiences/${i}`, `the profile does not allow the audience "${audience}"`);
    });
    template.resources?.forEach((resource, i) => {
      if (!Object.hasOwn(profile.resources, resource)) at(`resources/${i}`, `the profile has no resource "${resource}"`);
    });
    if (template.accessTokenLifetime !== null && template.accessTokenLifetime > profile.defaults.maximumTokenLifetime)
      at('accessTokenLifetime', `is longer than the profile's maximum of ${profile.defaults.maximumTokenLifetime} seconds`);
    if (template.authenticationMethods.every((method) => method === 'none') && !template.capabilities.some(isForPublicClients))
      at('authenticationMethods', 'leaves nothing to do: a public client, with the method "none", may have none of the capabilities');
    template.metadataProperties.forEach((name, i) => {
      if (Object.hasOwn(template.properties, name))
        at(`metadataProperties/${i}`, `"${name}" is a property of the template already, which clients must not choose themselves`);
    });
  }
}

/** Reports what keeps an endpoint from registering clients, by pointer within the endpoint and message. */
export function checkRegistration({ registration }: Endpoint, profile: Profile | undefined, report: Problems): void {
  if (registration === null || profile === undefined) return;
  const { template, templates, access, accessTokenScope, softwareStatements, softwareStatementRequired } = registration;
  const checkTemplate = (pointer: string, id: string | null) => {
    if (id !== null && !Object.hasOwn(profile.registrationTemplates, id))
      report(`/registration/${pointer}`, `the profile has no registration template "${id}": add it to its registrationTemplates`);
  };
  checkTemplate('template', template);
  templates.forEach((id, i) => {
    checkTemplate(`templates/${i}`, id);
  });
  softwareStatements.forEach(({ issuer, template: named }, i) => {
    checkTemplate(`softwareStatements/${i}/template`, named);
    if (!profile.trustedIssuers.some((trusted) => trusted.issuer === issuer))
      report(`/registration/softwareStatements/${i}/issuer`, `"${issuer}" is not among the trustedIssuers of the profile`);
    if (softwareStatements.findIndex((other) => other.issuer === issuer) !== i)
      report(`/registration/softwareStatements/${i}/issuer`, `"${issuer}" is there already`);
  });
  if (access.includes('access-token') && accessTokenScope === null)
    report('/registration/accessTokenScope', 'is missing: with the access "access-token" it says which access tokens count');
  if (accessTokenScope !== null && !access.includes('access-token'))
    report('/registration/accessTokenScope', 'goes with the access "access-token" only');
  if (accessTokenScope !== null && !Object.hasOwn(profile.scopes, accessTokenScope))
    report('/registration/accessTokenScope', `the profile has no scope "${accessTokenScope}"`);
  if ((access.includes('software-statement') || softwareStatementRequired) && softwareStatements.length === 0)
    report('/registration/softwareStatements', 'is empty: name the issuers whose software statements count');
}
