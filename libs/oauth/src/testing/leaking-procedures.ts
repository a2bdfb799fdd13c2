import fc from 'fast-check';

/** Secrets as operators have them: passwords, keys and tokens of any alphabet, long enough not to be ordinary text by chance. */
export const SECRETS: fc.Arbitrary<string> = fc
  .oneof(
    text('abcdefghijklmnopqrstuvwxyz0123456789', 8, 32),
    text('0123456789abcdef', 16, 64),
    text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', 8, 64),
    text('abcXYZ019 !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', 8, 40),
    text('aZ9+/"\\ \t\nüß€π😀', 8, 24),
  )
  .filter((secret) => new Set(secret).size >= 5 && secret.trim() === secret);

function text(alphabet: string, minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...Array.from(alphabet)), minLength, maxLength });
}

/** The secret as the contract names it: plain, base64 and hexadecimal, alone and as a part of what is encoded. */
const FORMS = [
  ...['s', 's', 's', 'hex(s)', 'hex(s).toUpperCase()', 'base64(s)', 'base64url.encode(s)', 'base64(s).split("=")[0]'],
  ...['hex("a" + s)', 'base64url.encode("user:" + s)', 'base64("u:" + s + "@host")', 'base64url.encode("key=" + s + ";")'],
  ...['base64url.encode(JSON.stringify({ password: s }))', 'hex(JSON.stringify([s]))'],
  ...['s.toUpperCase()', 's.toLowerCase()', 'encodeURIComponent(s)', 's.slice(0, 5) + s.slice(5)'],
];

/** Where in a value it stands; `f` is the form. */
const PLACES = [
  ...['f', 'f', 'f', '"key " + f + " end"', 'f + f', '"x" + f', '[f]', '{ deep: [{ er: [f] }] }', 'named(f)', '{ deep: named("x" + f) }'],
  ...[
    'JSON.stringify({ a: f })',
    'JSON.stringify({ a: JSON.stringify([f]) })',
    'new String(f)',
    '{ toJSON: function () { return f; } }',
    '{ get late() { return f; } }',
  ],
  ...['new Map([[f, 1]])', 'new Map([["a", new Map([["b", f]])]])', 'mapOf(f)', 'new Set([f])', 'new Error(f)', '[f.split("")].concat(f)'],
];

/** How it might get out, by what a tally calls the way; `v` is the value, `words(v)` the same as text. */
export const WAYS: Readonly<Record<string, readonly string[]>> = {
  response: [
    'o.own = v;',
    'o[words(v)] = 1;',
    'o.scope = [v];',
    'o.iss = words(v);',
    'Object.assign(o, { a: { b: v } });',
    'o._inner = v;',
  ],
  'header value': ['context.response.setHeader("x-own", words(v));'],
  'header name': [
    'context.response.setHeader("x-" + words(v), "x");',
    'context.response.setHeader("X-" + words(v).toUpperCase(), "x");',
    'context.response.setHeader("X-" + s.toUpperCase(), "x");',
  ],
  'token claim': ['issue({ extra: v });', 'issue(named(words(v)));', 'issue({ act: { sub: v } });', 'issue({ _inner: v });'],
  'owned claim': ['issue({ sub: words(v) });', 'issue({ scope: words(v) });', 'issue({ aud: [words(v)] });', 'issue({ jti: v, cnf: v });'],
  delegation: [
    'context.delegationIssuer.issue({ data: { x: v } });',
    'context.delegationIssuer.issue({ claims: named(words(v)) });',
    'context.delegationIssuer.issue({ owner: words(v) });',
    'context.delegationIssuer.issue({ scope: words(v) });',
    'context.delegationIssuer.getById(words(v));',
  ],
  bucket: [
    'context.getBucket("visits").storeAttributes("s", "p", { x: v });',
    'context.getBucket("visits").storeAttributes(words(v), "p", {});',
    'context.getBucket("visits").storeAttributes("s", words(v), {});',
    'context.getBucket("visits").clearBucket(words(v), "p");',
    'context.getBucket(words(v)).getAttributes("s", "p");',
  ],
  cache: ['cache.set("k", v, 60);', 'cache.set(words(v), 1, 60);', 'cache.get(words(v));', 'cache.set("k", { a: [v] });'],
  log: [
    'logger.info(v);',
    'logger.warn("{} and {}", v, { a: v });',
    'console.error(new Error(words(v)));',
    'logger.debug(words(v) + words(v));',
    'logger.info("x".repeat(3990) + words(v));',
  ],
  error: [
    'throw new Error(words(v));',
    'throw words(v);',
    'throw { message: words(v) };',
    'throw Object.assign(new Error("x"), { name: words(v) });',
    'throw new Error("x".repeat(490) + words(v));',
    'null[words(v)];',
    '({})[words(v)]();',
    'new RegExp("(" + words(v));',
    'throw Symbol(words(v)).description;',
  ],
  refusal: [
    'throw exceptionFactory.badRequestException(words(v));',
    'throw exceptionFactory.badRequestException(words(v), "why");',
    'throw exceptionFactory.forbiddenException(v);',
    'throw exceptionFactory.internalServerException("because of " + words(v));',
    'throw exceptionFactory.notFoundException("not_found", words(v));',
  ],
  'message of a service': [
    'context.getAccessTokenIssuer(words(v)).issue({});',
    'context.getWebServiceClient(words(v)).get("/");',
    'context.getWebServiceClient("partner", words(v)).get("/");',
    'secrets.get(words(v));',
    'jwt.verify(words(v), { issuer: words(v) });',
    'jwt.verify("a.b.c", named(words(v)));',
    'jwt.decode(words(v));',
    'secondsUntil(words(v));',
    'Java.type(words(v));',
  ],
  // What is sent is allowed to hold it; what comes back from there is not.
  'outgoing request': [
    'o.echoed = context.getWebServiceClient("partner").post({ path: "/echo", body: words(v) }).body;',
    'context.getWebServiceClient("partner").get({ path: "/fails/" + encodeURIComponent(words(v)), query: { q: words(v) } });',
    'context.getWebServiceClient("partner").get({ path: "/breaks/" + encodeURIComponent(words(v)) });',
    'context.getWebServiceClient("partner").get({ headers: { "x-key": words(v) } });',
  ],
};

const FUNCTIONS = `
function base64(text) { return Java.type('java.util.Base64').getEncoder().encodeToString(text.getBytes()); }
function hex(text) { return encodeURIComponent(text).replace(/%(..)|([^])/g, function (all, code, unit) { return (code || unit.charCodeAt(0).toString(16)).toLowerCase(); }); }
function named(name) { var o = {}; Object.defineProperty(o, name, { value: 1, enumerable: true, configurable: true, writable: true }); return o; }
function mapOf(value) { var map = new (Java.type('java.util.HashMap'))(); map.put('a', value); map.put(value, 'b'); return map; }
function words(value) { var text = typeof value === 'string' ? value : value instanceof String || value instanceof Error ? String(value) : JSON.stringify(value instanceof Map ? [...value] : value instanceof Set ? [...value] : value); return text === undefined ? 'none' : text; }`;

/** A procedure that reads the secret `api` and tries to get it out, and by which ways. */
export interface LeakingProcedure {
  readonly source: string;
  readonly ways: readonly string[];
}

/**
 * Procedures that try one to three ways. What is refused on the way is caught, so that a run goes on past it, and logged;
 * now and then it is not.
 */
export const LEAKING_PROCEDURES: fc.Arbitrary<LeakingProcedure> = fc
  .record({
    tries: fc.array(
      fc.record({
        way: fc
          .constantFrom(...Object.keys(WAYS))
          .chain((name) => fc.record({ name: fc.constant(name), text: fc.constantFrom(...(WAYS[name] ?? [])) })),
        form: fc.constantFrom(...FORMS),
        place: fc.oneof(fc.constant('f'), fc.constantFrom(...PLACES)),
        caught: fc.constantFrom('always', 'logged', 'never'),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    issuer: fc.constantFrom('opaque', 'jwt', 'wrapped-opaque'),
    again: fc.boolean(),
  })
  .map(({ tries, issuer, again }) => {
    const steps = tries.map(({ way, form, place, caught }) => {
      const text = `var f = ${form}, v = ${place}; ${way.text}`;
      if (caught === 'never') return `(function () { ${text} })();`;
      return `(function () { try { ${text} } catch (refused) { ${caught === 'logged' ? "logger.info('{}', refused);" : ''} } })();`;
    });
    const source = `${FUNCTIONS}
function result(context) {
  var o = { active: true }, given = context.delegation, made = null, s = secrets.get('api');
  try { made = context.delegationIssuer.issue(context.getDefaultDelegationData() || {}); } catch (refused) { }
  function issue(data) {
    var token = context.getAccessTokenIssuer('${issuer}').issue(Object.assign({}, context.getDefaultAccessTokenData(), data), given || made);
    o.access_token = token; o.jwt = token;
    return token;
  }
  ${again ? "try { issue({}); } catch (refused) { logger.debug('{}', refused); }" : ''}
  ${steps.join('\n  ')}
  return o;
}`;
    return { source, ways: tries.map(({ way }) => way.name) };
  });
