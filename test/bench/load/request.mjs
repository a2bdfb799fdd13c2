/**
 * A whole HTTP/1.1 request for a form POST with Basic client authentication, ready to be written.
 *
 * @param {{ port: number, path: string, client: { id: string, secret: string }, accept: string, form: Record<string, string> }} request
 * @returns {Buffer}
 */
export function formPost({ port, path, client, accept, form }) {
  // Not URLSearchParams: it encodes the tilde, which tokens may hold and clients send as it is.
  const body = Object.entries(form)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\n` +
      `Host: 127.0.0.1:${port}\r\n` +
      `Authorization: ${basic(client)}\r\n` +
      `Accept: ${accept}\r\n` +
      'Content-Type: application/x-www-form-urlencoded\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    'latin1',
  );
}

/**
 * A whole HTTP/1.1 request as a client with a token sends it to an API.
 *
 * @param {{ port: number, path: string, token: string }} request
 * @returns {Buffer}
 */
export function bearerGet({ port, path, token }) {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\nAccept: */*\r\n\r\n`, 'latin1');
}

/**
 * A whole HTTP/1.1 request as a gateway asks whether one of a client's may pass.
 *
 * @param {{ port: number, path: string, client: { id: string, secret: string }, token: string }} request
 * @returns {Buffer}
 */
export function forwardAuthGet({ port, path, client, token }) {
  const headers = { Host: `127.0.0.1:${port}`, ...forwardAuthHeaders({ client, token }) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
}

/** As the configurations of test/gateways send them. */
export function forwardAuthHeaders({ client, token }) {
  return {
    'Gateway-Authorization': basic(client),
    Authorization: `Bearer ${token}`,
    'X-Forwarded-Method': 'GET',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': 'api.example',
    'X-Forwarded-Uri': '/orders',
  };
}

/** RFC 6749 section 2.3.1; id and secret are of characters that need no encoding. */
export function basic({ id, secret }) {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}
