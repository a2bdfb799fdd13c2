import { relative } from 'node:path';

/** What the tutorial needs to know of the node it is printed for. */
export interface TutorialNode {
  readonly url: string;
  readonly adminUrl: string;
  /** A certificate that curl does not know by itself; null when there is none. */
  readonly certFile: string | null;
  readonly adminTokenFile: string;
  readonly exampleFile: string;
  /** Of whom pastes. */
  readonly workingDirectory: string;
}

/** Commands that show the whole phantom token flow on the demo configuration; each works as it stands. */
export function tutorial({ url, adminUrl, certFile, adminTokenFile, exampleFile, workingDirectory }: TutorialNode): string {
  const path = (file: string) => quoted(shorter(file, workingDirectory));
  const trust = certFile === null ? '' : `\nexport CURL_CA_BUNDLE=${quoted(certFile)}\n`;
  // Single quotes keep shells from taking the exclamation mark for a command of theirs.
  const gateway = `-d "token=$TOKEN" -d client_id=gateway_client -d 'client_secret=Secr3t!'`;
  return `Paste these to play the phantom token flow:
${trust}
# 1. A server gets an opaque token.
TOKEN=$(curl -s ${url}/oauth/v2/oauth-token -d grant_type=client_credentials -d client_id=server-client -d 'client_secret=Secr3t!' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
echo "$TOKEN"

# 2. The gateway swaps it for the JWT that the APIs behind it get.
curl -s -X POST ${url}/introspection -H 'accept: application/jwt' ${gateway}; echo

# 3. Without the header the answer is JSON.
curl -s -X POST ${url}/introspection ${gateway}; echo

# 4. Upload a procedure of your own, and let it answer at /introspection.
ADMIN="authorization: Bearer $(cat ${path(adminTokenFile)})"
curl -s -X POST '${adminUrl}/admin/v1/procedures/phantom-token/versions?flow=oauth-introspect&activate=true' -H "$ADMIN" -H 'content-type: text/javascript' --data-binary @${path(exampleFile)}; echo
curl -s -X PUT ${adminUrl}/admin/v1/profiles/token-service/endpoints/introspection/bindings/oauth-introspect -H "$ADMIN" -H 'content-type: application/json' -d '{"procedure":"phantom-token"}'; echo

# 5. The same as in 3 now has the phantom token in it. The other endpoint answers as before.
curl -s -X POST ${url}/introspection ${gateway}; echo
curl -s -X POST ${url}/oauth/v2/oauth-introspect ${gateway}; echo
`;
}

/** A path relative to a directory when it lies within. */
function shorter(file: string, directory: string): string {
  const path = relative(directory, file);
  return path === '' || path.startsWith('..') ? file : path;
}

/** A word that a shell takes as it is, or in quotes. */
function quoted(word: string): string {
  return /^[A-Za-z0-9._/:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
