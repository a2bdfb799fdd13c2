import { clientReaching } from '../configuration/host-rules.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { HostServiceError, type PublicDocuments } from '../procedures/host-services.ts';
import { invalidMetadata, textsIn, type Metadata } from './metadata-members.ts';

const MOST_CHARACTERS = 65_536;

/** Holds the redirect URIs of clients against the lists of the sectors that they say they are of. OpenID Connect Registration section 5. */
export class SectorLists {
  /** @param documents null where nothing can be fetched */
  constructor(private readonly documents: PublicDocuments | null) {}

  /** @throws OAuthError `invalid_client_metadata` when the list has not all of them or cannot be had */
  async check(metadata: Metadata, profile: ProfileSnapshot): Promise<void> {
    const uri = metadata['sector_identifier_uri'];
    if (typeof uri !== 'string') return;
    const listed = new Set(listOf(await this.#fetch(uri, profile)));
    const missing = textsIn(metadata, 'redirect_uris').find((one) => !listed.has(one));
    if (missing !== undefined)
      throw invalidMetadata(`sector_identifier_uri leads to a list that does not have ${missing}, which is one of the redirect_uris.`);
  }

  async #fetch(url: string, { httpClients }: ProfileSnapshot): Promise<string> {
    const client = clientReaching(httpClients.values(), new URL(url));
    if (client === undefined || this.documents === null) throw unavailable();
    try {
      const { statusCode, body } = await this.documents.get(client, url);
      if (statusCode !== 200 || body.length > MOST_CHARACTERS) throw unavailable();
      return body;
    } catch (error) {
      throw error instanceof HostServiceError ? unavailable(error) : error;
    }
  }
}

function listOf(text: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) return list;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalidMetadata('sector_identifier_uri leads to something that is no list of URIs in JSON.');
}

function unavailable(cause?: unknown): OAuthError {
  return new OAuthError(
    'invalid_client_metadata',
    'sector_identifier_uri leads to nothing that could be fetched now: see to it that it is answered with 200, and try again.',
    { cause },
  );
}
