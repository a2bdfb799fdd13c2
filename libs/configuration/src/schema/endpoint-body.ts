import { z } from 'zod';
import {
  ConfigurationError,
  DEFAULT_BACKCHANNEL_AUTHENTICATION,
  ENDPOINT_KINDS,
  entityKey,
  type Configuration,
  type Endpoint,
  type EndpointKind,
  type Origin,
} from '#libs/oauth';
import { backchannelAuthenticationBody } from './backchannel-body.ts';
import { registrationBody } from './registration-body.ts';
import { shape, unique } from './shape.ts';
import { deviceAuthorizationBody, PLAIN_DEVICE_AUTHORIZATION } from './device-authorization-body.ts';
import { forwardAuthBody, NO_FORWARD_AUTH } from './forward-auth-body.ts';
import { tokenValidationBody } from './token-validation-body.ts';
import { PLAIN_USER_PAGES, userPagesBody } from './user-pages-body.ts';
import { id, LONGEST_LIFETIME, path } from './values.ts';

/**
 * Seconds for which a gateway may keep an answer when the endpoint says nothing else. What it may keep of a sub-request depends on
 * what its cache goes by, which only its operator knows.
 */
const DEFAULT_REVOCATION_LAGS: Readonly<Partial<Record<EndpointKind, number>>> = { 'oauth-introspect': 60, 'oauth-forward-auth': 0 };

/** An endpoint as administrators write it. */
export const endpointBody = shape({
  kind: z.enum(ENDPOINT_KINDS).optional().meta({ description: 'What it does; by default its id, when that is the name of a kind.' }),
  path,
  enabled: z.boolean().default(true).meta({ description: 'A disabled endpoint is not served.' }),
  advertised: z.boolean().optional().meta({
    description: 'Whether metadata names this one of several of a kind; by default yes, unless another one of the kind already is.',
  }),
  deployedTo: z.array(id).min(1).max(32).superRefine(unique).default(['default']).meta({ description: 'Service roles that serve it.' }),
  revocationLag: z.int().min(0).max(LONGEST_LIFETIME).nullable().optional().meta({
    description:
      'Introspection and forward auth: seconds for which a gateway may cache an answer, at most; null for until the token expires; unless told 60 for introspection, and 0, not at all, for forward auth.',
  }),
  forwardAuth: forwardAuthBody.optional(),
  tokenValidation: tokenValidationBody.optional(),
  deviceAuthorization: deviceAuthorizationBody.optional(),
  userPages: userPagesBody.optional(),
  backchannelAuthentication: backchannelAuthenticationBody.optional(),
  registration: registrationBody.optional(),
}).meta({ description: 'An instance of an endpoint kind at a path.' });

export type EndpointBody = z.output<typeof endpointBody>;

/**
 * The entity that a body describes.
 *
 * @param advertisedByDefault for a body that does not say; of a new endpoint, see `isFirstAdvertised`
 * @throws ConfigurationError when the kind is not said and the id does not tell, or a setting does not go with the kind
 */
export function endpointOf(profile: string, id: string, body: EndpointBody, origin: Origin, advertisedByDefault: boolean): Endpoint {
  const kind = endpointKindOf(id, body);
  const refuse = (pointer: string, message: string) =>
    new ConfigurationError([{ kind: 'endpoint', key: entityKey(profile, id), pointer, message }]);
  if (kind === undefined) throw refuse('/kind', `is missing; must be one of ${ENDPOINT_KINDS.map((known) => `"${known}"`).join(', ')}`);
  const isForwardAuth = kind === 'oauth-forward-auth';
  if (kind !== 'oauth-introspect' && !isForwardAuth && typeof body.revocationLag === 'number')
    throw refuse('/revocationLag', 'goes with endpoints of kind "oauth-introspect" and "oauth-forward-auth" only');
  if (!isForwardAuth && body.forwardAuth !== undefined)
    throw refuse('/forwardAuth', 'goes with endpoints of kind "oauth-forward-auth" only');
  const isTokenValidation = kind === 'oauth-token-validation';
  if (!isTokenValidation && body.tokenValidation !== undefined)
    throw refuse('/tokenValidation', 'goes with endpoints of kind "oauth-token-validation" only');
  if (isTokenValidation && body.tokenValidation === undefined)
    throw refuse(
      '/tokenValidation',
      'is missing: name the client whose introspection rules hold for everybody who asks, such as { client: api }',
    );
  const isForDevices = kind === 'oauth-device-authorization';
  if (!isForDevices && body.deviceAuthorization !== undefined)
    throw refuse('/deviceAuthorization', 'goes with endpoints of kind "oauth-device-authorization" only');
  const isUserPages = kind === 'user-pages';
  if (!isUserPages && body.userPages !== undefined) throw refuse('/userPages', 'goes with endpoints of kind "user-pages" only');
  const isBackchannel = kind === 'oauth-backchannel-authentication';
  if (!isBackchannel && body.backchannelAuthentication !== undefined)
    throw refuse('/backchannelAuthentication', 'goes with endpoints of kind "oauth-backchannel-authentication" only');
  const isRegistration = kind === 'oauth-dynamic-client-registration';
  if (!isRegistration && body.registration !== undefined)
    throw refuse('/registration', 'goes with endpoints of kind "oauth-dynamic-client-registration" only');
  if (isRegistration && body.registration === undefined)
    throw refuse('/registration', 'is missing: name the registration template by which clients are made, such as { template: apps }');
  return {
    profile,
    id,
    kind,
    path: body.path,
    enabled: body.enabled,
    advertised: body.advertised ?? advertisedByDefault,
    deployedTo: body.deployedTo,
    revocationLag: body.revocationLag === undefined ? (DEFAULT_REVOCATION_LAGS[kind] ?? null) : body.revocationLag,
    forwardAuth: isForwardAuth ? (body.forwardAuth ?? NO_FORWARD_AUTH) : null,
    tokenValidation: body.tokenValidation ?? null,
    deviceAuthorization: isForDevices ? (body.deviceAuthorization ?? PLAIN_DEVICE_AUTHORIZATION) : null,
    userPages: isUserPages ? (body.userPages ?? PLAIN_USER_PAGES) : null,
    backchannelAuthentication: isBackchannel ? (body.backchannelAuthentication ?? DEFAULT_BACKCHANNEL_AUTHENTICATION) : null,
    registration: body.registration ?? null,
    origin,
  };
}

/** The kind that a body says, or that the id names. */
export function endpointKindOf(id: string, body: Pick<EndpointBody, 'kind'>): EndpointKind | undefined {
  return body.kind ?? ENDPOINT_KINDS.find((kind) => kind === id);
}

/** Whether an endpoint of a kind may be advertised: it is already, or no other one of the profile is. */
export function isFirstAdvertised(configuration: Configuration, profile: string, id: string, kind: EndpointKind | undefined): boolean {
  for (const other of configuration.all('endpoint'))
    if (other.profile === profile && other.id !== id && other.kind === kind && other.enabled && other.advertised) return false;
  return true;
}
