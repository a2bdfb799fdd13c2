import { describe, expect, test } from '@jest/globals';
import { Configuration, put } from './configuration.ts';
import { validate } from './validation.ts';
import { configurationWarnings } from './warnings.ts';
import type { RegistrationSettings, RegistrationTemplate } from './registration-settings.ts';
import { endpointOf, profileOf } from '../testing/service-builder.ts';
import { registrationOf, templateOf } from '../testing/registration-world.ts';

function configuration(template: Partial<RegistrationTemplate>, settings: Partial<RegistrationSettings>) {
  return Configuration.empty.with([
    put(
      'profile',
      profileOf({
        capabilities: ['client-credentials', 'authorization-code', 'refresh-token'],
        registrationTemplates: { apps: templateOf({ resources: [], ...template }) },
      }),
    ),
    put('endpoint', endpointOf('oauth-dynamic-client-registration', '/register', { registration: registrationOf(settings) })),
  ]);
}
const problems = (template: Partial<RegistrationTemplate> = {}, settings: Partial<RegistrationSettings> = {}) =>
  validate(configuration(template, settings)).map(({ pointer, message }) => [pointer, message]);

describe('settings of client registration', () => {
  test('a template within its profile and an endpoint that names it are valid', () => {
    expect(problems()).toEqual([]);
  });

  test.each([
    [{ capabilities: ['token-exchange'] }, 'capabilities/0', /has no capability "token-exchange"/],
    [{ scopes: ['admin'] }, 'scopes/0', /has no scope "admin"/],
    [{ scopes: ['read'], defaultScopes: ['write'] }, 'defaultScopes/0', /not among the scopes of the template/],
    [{ resources: ['https://a.example'] }, 'resources/0', /has no resource/],
    [{ accessTokenLifetime: 100_000 }, 'accessTokenLifetime', /longer than the profile's maximum/],
    [{ capabilities: ['client-credentials'], authenticationMethods: ['none'] }, 'authenticationMethods', /leaves nothing to do/],
    [{ properties: { a: 1 }, metadataProperties: ['a'] }, 'metadataProperties/0', /must not choose themselves/],
  ] as const)('a template %j is refused at %s', (template, pointer, message) => {
    expect(problems(template as unknown as Partial<RegistrationTemplate>)).toEqual([
      [`/registrationTemplates/apps/${pointer}`, expect.stringMatching(message)],
    ]);
  });

  test.each([
    [{ template: 'other' }, 'template', /has no registration template "other"/],
    [{ templates: ['other'] }, 'templates/0', /has no registration template "other"/],
    [{ access: ['access-token'] }, 'accessTokenScope', /is missing/],
    [{ accessTokenScope: 'read' }, 'accessTokenScope', /goes with the access "access-token" only/],
    [{ access: ['access-token'], accessTokenScope: 'admin' }, 'accessTokenScope', /has no scope "admin"/],
    [{ access: ['software-statement'] }, 'softwareStatements', /is empty/],
    [
      { softwareStatements: [{ issuer: 'https://a.example', template: null }] },
      'softwareStatements/0/issuer',
      /not among the trustedIssuers/,
    ],
  ] as const)('an endpoint with %j is refused at %s', (settings, pointer, message) => {
    expect(problems({}, settings as unknown as Partial<RegistrationSettings>)).toEqual([
      [`/registration/${pointer}`, expect.stringMatching(message)],
    ]);
  });

  test('registration that is open to anyone is warned of, and no other', () => {
    expect(configurationWarnings(configuration({}, {}))).toEqual([
      expect.objectContaining({
        kind: 'endpoint',
        pointer: '/registration/access',
        message: expect.stringContaining('whoever reaches /register'),
      }),
    ]);
    expect(configurationWarnings(configuration({}, { access: ['initial-access-token'] }))).toEqual([]);
  });
});
