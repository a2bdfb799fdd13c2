import { admin, type Administered } from './running-service.ts';
import { PROFILE } from './signatures.ts';

export type Flow =
  | 'oauth-introspect'
  | 'oauth-introspect-application-jwt'
  | 'oauth-token-client-credentials'
  | 'oauth-token-authorization-code'
  | 'oauth-token-refresh'
  | 'oauth-backchannel-authentication'
  | 'oauth-revoke';

/** A failure of a procedure as the admin API shows it. */
export interface ShownFault {
  readonly kind: string;
  readonly procedure: string;
  readonly version: number;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** Uploads a source as the next version, made active unless told otherwise. */
export function upload(
  service: Administered,
  id: string,
  source: string,
  flow: Flow = 'oauth-introspect',
  activate = true,
): Promise<Response> {
  return admin(service, 'POST', `/procedures/${id}/versions?flow=${flow}&activate=${activate}`, source, {
    'content-type': 'text/javascript',
  });
}

/** Binds a procedure to a flow of an endpoint; to the shipped default again with null. */
export async function bind(
  service: Administered,
  id: string | null,
  flow: Flow = 'oauth-introspect',
  endpoint = 'introspection',
  version: number | null = null,
): Promise<void> {
  const path = `/profiles/${PROFILE}/endpoints/${endpoint}/bindings/${flow}`;
  const response = id === null ? await admin(service, 'DELETE', path) : await admin(service, 'PUT', path, { procedure: id, version });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/** Uploads, activates and binds. Throws when the upload is refused. */
export async function install(
  service: Administered,
  id: string,
  source: string,
  flow: Flow = 'oauth-introspect',
  endpoint?: string,
): Promise<void> {
  const response = await upload(service, id, source, flow);
  if (!response.ok) throw new Error(`${id}: ${response.status} ${await response.text()}`);
  await bind(service, id, flow, endpoint);
}

/** The latest failures, newest first, of one procedure. */
export async function faultsOf(service: Administered, procedure: string): Promise<readonly ShownFault[]> {
  const { faults } = (await (await admin(service, 'GET', '/status')).json()) as { faults: ShownFault[] };
  return faults.filter((fault) => fault.procedure === procedure);
}
