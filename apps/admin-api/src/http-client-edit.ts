import { httpClientOf, type HttpClientBody } from '#libs/configuration';
import { clientKeyProblem, credentialProblem, type HttpClient, type HttpCredentials, type KeySealer } from '#libs/oauth';
import { Problem } from './problem.ts';
import { sealedAgain } from './sealed-values.ts';

/**
 * The HTTP client that a body describes, with its secret parts sealed. One that the body leaves out stays as it is stored.
 * @throws Problem `invalid-body` that says nothing of a secret part but what is wrong with it
 */
export async function editedHttpClient(
  sealer: KeySealer,
  profile: string,
  id: string,
  body: HttpClientBody,
  before: HttpClient | undefined,
): Promise<HttpClient> {
  const sealed = {
    credentials: await sealedCredentials(sealer, body.credentials, before?.credentials ?? null),
    clientKey: await sealedKey(sealer, body.tls, before?.tls.sealedClientKey ?? null),
  };
  return httpClientOf(profile, id, body, sealed, 'api');
}

async function sealedCredentials(
  sealer: KeySealer,
  given: HttpClientBody['credentials'],
  stored: HttpCredentials | null,
): Promise<string | null> {
  if (given === null) return null;
  const { kind, value } = given;
  const kept = stored?.kind === kind ? stored.sealedValue : null;
  if (value === undefined && kept !== null) return kept;
  if (value === undefined) throw refused('/credentials/value', `is missing, and no value of kind "${kind}" is stored`);
  const problem = credentialProblem(kind, value);
  if (problem !== null) throw refused('/credentials/value', problem);
  return sealedAgain(sealer, kept, value);
}

async function sealedKey(sealer: KeySealer, given: HttpClientBody['tls'], stored: string | null): Promise<string | null> {
  const { clientKey, clientCertificate } = given;
  const key = clientKey === undefined ? await keptKey(sealer, clientCertificate, stored) : clientKey;
  if (key === null) return null;
  const problem = clientKeyProblem(key, clientCertificate);
  if (problem !== null) throw refused('/tls/clientKey', problem);
  return sealedAgain(sealer, stored, key);
}

/** A key is of no use without its certificate: taking that away takes the key away. */
async function keptKey(sealer: KeySealer, certificate: string | null, stored: string | null): Promise<string | null> {
  return certificate === null || stored === null ? null : sealer.openText(stored);
}

function refused(pointer: string, message: string): Problem {
  return new Problem('invalid-body', 'Nothing was changed.', { errors: [{ pointer, message }] });
}
