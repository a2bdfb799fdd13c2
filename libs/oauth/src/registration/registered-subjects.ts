import { clientReaching } from '../configuration/host-rules.ts';
import { hostOf } from '../configuration/openid-rules.ts';
import { SUBJECT_TYPES, type SubjectType } from '../configuration/openid-settings.ts';
import type { RegistrationTemplate } from '../configuration/registration-settings.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { invalidMetadata, textMember, textsIn, type Metadata } from './metadata-members.ts';

const CODE = 'authorization_code';
/**
 * Grants of a client that knows people by the subjects of a sector: what they give goes to the redirect URIs, which are the sector's. By
 * others anybody who names these URIs would be told whom the sector knows.
 */
const OF_SECTORS: ReadonlySet<string> = new Set([CODE, 'refresh_token', 'client_credentials']);

/**
 * By which subjects a client is to know people, and whom it shares them with. OpenID Connect Registration sections 2 and 5, Core
 * section 8.
 *
 * @throws OAuthError `invalid_client_metadata`
 */
export function subjects(
  asked: Metadata,
  grantTypes: readonly string[],
  { subjectTypes = ['public'] }: RegistrationTemplate,
  profile: ProfileSnapshot,
): { readonly subject_type?: SubjectType; readonly sector_identifier_uri?: string } {
  const wanted = textMember(asked, 'subject_type', 16);
  const type = wanted === null ? subjectTypes[0] : SUBJECT_TYPES.find((one) => one === wanted && subjectTypes.includes(one));
  if (type === undefined) throw invalidMetadata(`subject_type must be ${subjectTypes.join(' or ')}: others cannot be had here.`);
  if (type === 'public') return grantTypes.includes(CODE) ? { subject_type: type } : {};
  const others = grantTypes.filter((grant) => !OF_SECTORS.has(grant));
  if (others.length > 0)
    throw invalidMetadata(
      `grant_types must not have ${others.join(', ')}: a client with the subject_type pairwise gets people by codes alone.`,
    );
  // Nobody is ever told to it.
  if (!grantTypes.includes(CODE)) return {};
  const uri = textMember(asked, 'sector_identifier_uri', 2048);
  if (uri === null) {
    if (sectorOfRedirectUris(asked) !== null) return { subject_type: type };
    throw invalidMetadata(
      'sector_identifier_uri is missing: the redirect_uris of a client with the subject_type pairwise are all https on one host, or in the list that sector_identifier_uri leads to.',
    );
  }
  return { subject_type: type, sector_identifier_uri: reachable(uri, profile) };
}

/** Lists are fetched by the HTTP clients of the profile alone, so nobody makes the service connect where its operator has not allowed it. */
function reachable(uri: string, { httpClients }: ProfileSnapshot): string {
  const url = URL.parse(uri);
  if (url?.protocol !== 'https:' || url.hash !== '')
    throw invalidMetadata('sector_identifier_uri must be an https URL without a fragment.');
  if (clientReaching(httpClients.values(), url) === undefined)
    throw invalidMetadata('sector_identifier_uri is at a host that nothing is fetched from here: ask the operator of the service.');
  return uri;
}

/** The sector of a client that was registered with the subject type `pairwise`: of its list, else the host of its redirect URIs. */
export function sectorOfRegistration(metadata: Metadata): string | null {
  const uri = metadata['sector_identifier_uri'];
  return typeof uri === 'string' ? (URL.parse(uri)?.hostname ?? null) : sectorOfRedirectUris(metadata);
}

function sectorOfRedirectUris(metadata: Metadata): string | null {
  const sectors = new Set(textsIn(metadata, 'redirect_uris').map(hostOf));
  const [sector = null] = sectors;
  return sectors.size === 1 ? sector : null;
}
