// Swaps the opaque token of a request for the phantom token. Goes with njs.conf; copy to /etc/nginx/.
/* global Buffer */
import crypto from 'crypto';

export default { swap };

/** Answers an auth_request: 204, 401 or 403; anything else makes nginx answer 500. */
async function swap(r) {
  const parts = /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(r.headersIn['Authorization'] || '');
  if (parts === null) return deny(r, 401, '');

  // The key of the cache: tokens themselves do not belong on a disk.
  r.variables.token_hash = crypto.createHash('sha256').update(parts[1]).digest('hex');
  const reply = await r.subrequest('/_introspect', { method: 'POST', body: 'token=' + encodeURIComponent(parts[1]) });
  if (reply.status === 204) return deny(r, 401, 'invalid_token');
  if (reply.status !== 200) {
    r.error('introspection answered ' + reply.status);
    return r.return(500);
  }

  const jwt = reply.responseText;
  const claims = JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString());
  // Bound to a key or a certificate that nobody has proved here. RFC 9449 section 7.1, RFC 8705 section 3.
  if (claims.cnf !== undefined) return deny(r, 401, 'invalid_token');
  const granted = (claims.scope || '').split(' ');
  const wanted = (r.variables.scope || '').split(' ').filter((name) => name !== '');
  if (!wanted.every((name) => granted.indexOf(name) !== -1)) return deny(r, 403, 'insufficient_scope');

  r.variables.jwt = jwt;
  r.return(204);
}

/** RFC 6750 section 3. */
function deny(r, status, error) {
  const scope = error === 'insufficient_scope' ? ', scope="' + r.variables.scope + '"' : '';
  r.variables.challenge = 'Bearer realm="api"' + (error === '' ? '' : ', error="' + error + '"') + scope;
  r.return(status);
}
