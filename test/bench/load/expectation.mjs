/**
 * What every answer of a window must look like, cheap enough to check each one: status, a text in the head and in the body,
 * a length. JWTs hide their content from a text search, so one in `DECODE_EVERY` is decoded and its payload searched.
 *
 * @typedef {object} Expectation
 * @property {number} status
 * @property {string} head text of the head: the media type, or what a gateway looks for
 * @property {readonly string[]} contains texts of the body, or of the payload when `jwt`
 * @property {boolean} jwt the body is a compact JWS
 * @property {number} minimumLength of the body: an inactive answer in a JWT is much shorter than an active one
 */
const DECODE_EVERY = 64;

/**
 * @param {Expectation} expectation
 * @returns {(status: number, head: string, body: string) => string | null} what is wrong, or null
 */
export function checker({ status: expected, head: wanted, contains, jwt, minimumLength }) {
  let seen = 0;
  return (status, head, body) => {
    if (status !== expected) return `status ${status} instead of ${expected}: ${body.slice(0, 200)}`;
    if (!head.includes(wanted)) return `no ${wanted} in: ${head}`;
    if (body.length < minimumLength) return `a body of ${body.length} bytes, at least ${minimumLength} expected: ${body.slice(0, 200)}`;
    if (jwt) {
      if (!body.startsWith('eyJ')) return `not a JWT: ${body.slice(0, 200)}`;
      if (seen++ % DECODE_EVERY !== 0) return null;
    }
    const text = jwt ? Buffer.from(body.split('.')[1] ?? '', 'base64url').toString() : body;
    for (const part of contains) if (!text.includes(part)) return `no ${part} in: ${text.slice(0, 300)}`;
    return null;
  };
}
