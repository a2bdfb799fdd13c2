import fc from 'fast-check';

/** Names that the service owns, that procedures may set within ceilings, and that mean something to the language. */
const NAMES = [
  ...['sub', 'scope', 'exp', 'iat', 'nbf', 'aud', 'iss', 'jti', 'client_id', 'delegationId', 'purpose', 'cnf', 'act', 'active', 'jwt'],
  ...['token_type', 'expires_in', 'owner', 'claims', 'custom', '_inner', '__proto__', 'constructor', 'toString', 'toJSON', 'get'],
];

/** Values that a claim of some name could have, near every ceiling of a world whose clock says `now`. */
function values(now: number): fc.Arbitrary<unknown> {
  const times = fc.oneof(
    fc.integer({ min: now, max: now + 400 }),
    fc.integer({ min: now - 400, max: now + 4000 }),
    fc.constantFrom(-1, 0, 1e15, 1e300, now + 0.5, String(now + 9999), null),
  );
  const scopes = fc
    .array(fc.constantFrom('read', 'write', 'short', 'admin', 'READ', '', ' ', 'read,write', 'read\tadmin', 'admin\u00a0read'), {
      maxLength: 4,
    })
    .chain((names) =>
      fc.constantFrom<unknown>(
        names.join(' '),
        names,
        names.map((name) => [name]),
        { 0: names[0], length: 1 },
      ),
    );
  const texts = fc.constantFrom(
    'app',
    'gateway',
    'other',
    'alice',
    '',
    'refresh_token',
    'access_token',
    'https://api.example',
    'https://evil.example',
  );
  const keys = fc.constantFrom({ jkt: 'another key' }, { jkt: 'bound key' }, {}, { 'x5t#S256': 'hash' }, { jkt: null });
  const actors = fc.constantFrom(
    { sub: 'added' },
    { sub: 'added', act: { sub: 'service' } },
    { act: null },
    [{ sub: 'service' }],
    'service',
  );
  const granted = fc.subarray(['read', 'write', 'short']).map((names) => names.join(' '));
  return fc.oneof(times, granted, scopes, texts, keys, actors, fc.array(texts, { maxLength: 3 }), fc.jsonValue({ maxDepth: 2 }));
}

/** A statement on the object `o`; `issued` holds the tokens of this run so far. */
function edits(now: number): fc.Arbitrary<string> {
  const name = fc.constantFrom(...NAMES).map((text) => JSON.stringify(text));
  const value = values(now).map((one) => (JSON.stringify(one) as string | undefined) ?? 'null');
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(name, value).map(([key, text]) => `put(o, ${key}, ${text});`) },
    { weight: 2, arbitrary: name.map((key) => `delete o[${key}];`) },
    // Another value whenever it is read.
    {
      weight: 1,
      arbitrary: fc
        .tuple(name, value, value)
        .map(
          ([key, first, then]) =>
            `Object.defineProperty(o, ${key}, { enumerable: true, configurable: true, get: function () { return turn++ % 2 ? ${then} : ${first}; } });`,
        ),
    },
    {
      weight: 1,
      arbitrary: value.map(
        (text) =>
          `Object.defineProperty(o, 'toJSON', { value: function () { return Object.assign({ active: true, jwt: issued[0] }, ${text}); } });`,
      ),
    },
    { weight: 1, arbitrary: fc.constant(`o.act = { sub: 'added', act: o.act };`) },
    { weight: 1, arbitrary: fc.constant(`o.act = o.act && { sub: o.act.sub };`) },
    { weight: 1, arbitrary: fc.constant(`if (issued.length > 0) o = Object.assign({}, o, jwt.decode(issued[0]).payload);`) },
    { weight: 1, arbitrary: value.map((text) => `o = Object.assign(Object.create({ exp: ${text}, scope: 'admin', sub: 'other' }), o);`) },
  );
}

const ISSUERS = [
  'context.accessTokenIssuer',
  'context.getDefaultAccessTokenJwtIssuer()',
  'context.getDefaultAccessTokenJwtIssuer()',
  'context.getDefaultAccessTokenJwtIssuer()',
  ...['opaque', 'jwt', 'jwt', 'wrapped-opaque', 'brief', 'free'].map((id) => `context.getAccessTokenIssuer('${id}')`),
];
/** The right one is asked for more often than not: what is refused at the door shows little. */
const DELEGATIONS = [
  ...Array.from({ length: 12 }, () => 'given || made'),
  ...['null', 'made', 'context.delegationIssuer.issue({ scope: "admin", owner: "other" })', '{ id: "d1" }', '"d1"'],
];

/**
 * Sources of procedures that ask for more than they may have, in many ways: they issue up to three tokens of changed data and
 * return a changed response. What throws on the way is caught, so that a run goes on past a refusal.
 *
 * @param bases expressions of the data to begin with
 * @param now seconds since 1970 near which times are made
 */
export function hostileProcedures(bases: readonly string[], now: number): fc.Arbitrary<string> {
  // Mostly little: what is refused for one change shows nothing of the next.
  const steps = fc.oneof(
    { weight: 2, arbitrary: fc.constant<string[]>([]) },
    { weight: 3, arbitrary: edits(now).map((edit) => [edit]) },
    { weight: 1, arbitrary: fc.array(edits(now), { maxLength: 4 }) },
  );
  const changed = fc.tuple(fc.constantFrom(...bases), steps);
  const caught = (text: string): string => `try { ${text} } catch (refused) { logger.info('{}', refused); }`;
  const issue = fc
    .record({ data: changed, issuer: fc.constantFrom(...ISSUERS), delegation: fc.constantFrom(...DELEGATIONS) })
    .map(({ data: [base, own], issuer, delegation }) => {
      const text = `var o = ${base} || {}; ${own.map(caught).join(' ')} issued.push(${issuer}.issue(o, ${delegation}));`;
      return `(function () { ${caught(text)} })();`;
    });
  return fc
    .record({
      issues: fc.array(issue, { minLength: 1, maxLength: 3 }),
      response: changed,
      jwt: fc.constantFrom('issued[0]', 'issued[0]', 'issued[0]', 'issued[issued.length - 1]', 'STOLEN', 'undefined'),
    })
    .map(
      ({ issues, response: [base, own], jwt }) => `
var turn = 0, STOLEN = 'eyJhbGciOiJub25lIn0.e30.';
function put(o, name, value) { Object.defineProperty(o, name, { value: value, enumerable: true, configurable: true, writable: true }); }
function result(context) {
  var issued = [], given = context.delegation, made = null;
  ${caught('made = context.delegationIssuer.issue(context.getDefaultDelegationData() || {});')}
  ${issues.join('\n  ')}
  var o = ${base} || {};
  put(o, 'active', true);
  ${own.map(caught).join(' ')}
  put(o, 'issued', issued);
  var jwt = ${jwt};
  if (jwt !== undefined) put(o, 'jwt', jwt);
  if (issued.length > 0) put(o, 'access_token', issued[0]);
  return o;
}`,
    );
}
