import { attack, TOO_MUCH, type Attack, type Family } from './attack.ts';

/** With `client`, `bucket` and a deep copy as many programs have it at hand. */
function answer(name: string, body: string, ends?: Attack['ends']): Attack {
  return attack(
    name,
    `var client = context.getWebServiceClient('partner'), bucket = context.getBucket('visits');
     function merge(target, source) { for (var key in source) { if (isObject(source[key])) { if (!isObject(target[key])) target[key] = {}; merge(target[key], source[key]); } else target[key] = source[key]; } return target; }
     function clean() { return unless(({}).admin === undefined && [].admin === undefined && (function () {}).admin === undefined && ''.admin === undefined, 'polluted'); }
     ${body}`,
    ends,
  );
}

/** What an attacker’s server, key or entry answers: names of the language, and far too much of it. */
export const SERVICE_ANSWERS: Family = {
  name: 'answers of services',
  attacks: [
    answer(
      'a body with names of the language',
      `var got = JSON.parse(client.get('/poison').body); return unless(got.admin === undefined, 'inherited').concat(clean(), reach(got));`,
    ),
    answer(
      'a body that is merged',
      `var got = JSON.parse(client.get('/poison').body); return reach(tried(function () { return merge({}, got); })).concat(clean());`,
    ),
    answer(
      'a body that is merged into the context',
      `var got = JSON.parse(client.get('/poison').body); return reach(tried(function () { return merge(context, got); })).concat(clean());`,
    ),
    answer(
      'a body that is merged into token data',
      `var got = JSON.parse(client.get('/poison').body); return reach(tried(function () { return merge(context.presentedToken.data, got); })).concat(clean());`,
    ),
    answer(
      'a body that is appended',
      `var target = appendObjectTo(JSON.parse(client.get('/poison').body), {}); return unless(target.admin === undefined && Object.keys(target).length === 8, 'inherited or lost').concat(clean());`,
    ),
    answer(
      'a body that is put into a map',
      `var HashMap = Java.type('java.util.HashMap'), map = new HashMap(); map.putAll(JSON.parse(client.get('/poison').body)); return unless(map.admin === undefined, 'inherited').concat(clean());`,
    ),
    answer(
      'a body that is assigned',
      `var target = Object.assign({}, JSON.parse(client.get('/poison').body)), spread = { ...JSON.parse(client.get('/poison').body) }; return unless(target.admin === undefined && spread.admin === undefined, 'inherited').concat(clean());`,
    ),
    answer(
      'headers with names of the language',
      `var got = client.get('/headers').headers; return unless(got.admin === undefined && Object.keys(got).length === 8, 'inherited or lost').concat(clean(), reach(got));`,
    ),
    answer(
      'headers in place of methods',
      `var got = client.get('/headers'); return unless(got.getStatusCode() === 200 && got.get('statusCode') === 200 && got.headers.get === 'g', 'exchanged');`,
    ),
    answer(
      'control characters and half a character in a body',
      `var body = client.get('/controls').body; return unless(body.length === 10 && body.indexOf('\\u0001') === 3, 'cut');`,
    ),
    answer(
      'claims with names of the language',
      `var got = jwt.verify('a.b.c', { issuer: 'https://i.example' }); return unless(got.admin === undefined && ({}).value === undefined, 'inherited').concat(clean(), reach(got));`,
    ),
    answer(
      'claims that are merged',
      `return reach(tried(function () { return merge({}, jwt.verify('a.b.c', { issuer: 'https://i.example' })); })).concat(clean());`,
    ),
    answer(
      'claims that are issued again',
      `return reach(tried(function () { return context.getAccessTokenIssuer('jwt').issue(jwt.verify('a.b.c', { issuer: 'https://i.example' }), context.delegation); })).concat(clean());`,
    ),
    answer(
      'a cached value with names of the language',
      `var got = cache.get('poisoned'); return unless(got.admin === undefined && got.value === 1, 'inherited').concat(clean(), reach(got));`,
    ),
    answer(
      'attributes with names of the language',
      `var got = bucket.getAttributes('poisoned', 'p'); return unless(got.admin === undefined && got.value === 1, 'inherited').concat(clean(), reach(got));`,
    ),
    answer(
      'attributes that are stored again',
      `bucket.storeAttributes('s', 'p', bucket.getAttributes('poisoned', 'p')); return unless(Object.keys(bucket.getAttributes('s', 'p')).length === 8, 'lost');`,
    ),
    answer(
      'an answer that is logged',
      `logger.info('{} {}', client.get('/headers'), jwt.verify('a.b.c', { issuer: 'https://i.example' })); logger.warn(client.get('/controls').body); return clean();`,
    ),
    answer(
      'an answer as the response',
      `var late = []; late.toJSON = function () { return client.get('/headers').admin === undefined ? [] : ['inherited']; }; return late;`,
    ),
    answer(
      'an error with names of the language',
      `var thrown = tried(function () { return client.get('/fails-oddly'); }); return unless(thrown instanceof Error && thrown.code === '__proto__' && thrown.admin === undefined, 'another error').concat(clean(), reach(thrown));`,
    ),
    answer('an error that is thrown on', `client.get('/fails-oddly');`, ['runtime']),
    answer(
      'an error that is changed and met again',
      `var first = tried(function () { return client.get('/fails'); }); first.code = 'mine'; first.message = 'mine'; var second = tried(function () { return client.get('/fails'); }); return unless(second.code === 'timeout' && second.message === 'no answer in time', 'the next one');`,
    ),
    answer(
      'an error that pretends to be a refusal',
      `var thrown = tried(function () { return client.get('/fails'); }); Object.assign(thrown, { payload: '{"status":200}', status: 200 }); throw thrown;`,
      ['runtime'],
    ),
    answer(
      'raw JSON that hides a text from those who look for it',
      `return unless(JSON.rawJSON === undefined && JSON.isRawJSON === undefined, 'text may be written in more ways than one');`,
    ),
  ],
};

/** As much as possible of everything. */
export const SERVICE_EXHAUSTION: Family = {
  name: 'exhaustion of services',
  attacks: [
    answer('thousands of requests', `for (var i = 0; i < 5000; i++) client.get('/x'); return ['no limit'];`, ['runtime']),
    answer(
      'thousands of requests, each of them caught',
      `var n = 0; for (var i = 0; i < 5000; i++) { try { client.get('/x'); n++; } catch (e) { } } return unless(n <= 32, n + ' requests');`,
      ['nothing', 'timeout'],
    ),
    answer(
      'thousands of calls of every kind',
      `var n = 0; for (var i = 0; i < 1000; i++) [function () { cache.get('k' + i); }, function () { secrets.get('api'); }, function () { bucket.getAttributes('s' + i, 'p'); }, function () { jwt.verify('a.b.c', { issuer: 'x' }); }].forEach(function (call) { try { call(); n++; } catch (e) { } }); return unless(n <= 32, n + ' calls');`,
      ['nothing', 'timeout'],
    ),
    answer(
      'thousands of stored attributes',
      `for (var i = 0; i < 5000; i++) bucket.storeAttributes('s' + i, 'p', { n: i }); return ['no limit'];`,
      ['runtime'],
    ),
    answer(
      'thousands of stored attributes, each of them caught',
      `var n = 0; for (var i = 0; i < 5000; i++) { try { bucket.storeAttributes('s', 'p', { n: i }); n++; } catch (e) { } } return unless(n <= 32, n + ' effects').concat(unless(bucket.getAttributes('s', 'p').n === 31, 'what was refused shows'));`,
      ['nothing', 'timeout'],
    ),
    answer(
      'thousands of clients and buckets',
      `for (var i = 0; i < 5000; i++) { context.getWebServiceClient('c' + i, 'https://x.example'); context.getBucket('b' + i); } return [];`,
    ),
    answer('a request as large as text may be', `return refusedBy(function () { return client.post({ body: 'x'.repeat(1000000) }); });`),
    answer(
      'many large requests',
      `var n = 0; for (var i = 0; i < 32; i++) { try { client.post({ path: '/x', body: 'x'.repeat(60000) }); n++; } catch (e) { } } return unless(n < 12, n + ' times 60000 characters');`,
    ),
    answer(
      'a hundred thousand headers',
      `var headers = {}; for (var i = 0; i < 100000; i++) headers['x-' + i] = 'x'; return refusedBy(function () { return client.get({ headers: headers }); });`,
      ['nothing', 'timeout'],
    ),
    answer(
      'a hundred thousand values of a query',
      `var list = []; for (var i = 0; i < 100000; i++) list[i] = 'x'; return refusedBy(function () { return client.get({ query: { q: list } }); });`,
      ['nothing', 'timeout'],
    ),
    answer(
      'a form of a hundred thousand fields',
      `var list = []; for (var i = 0; i < 100000; i++) list[i] = '\\u00fc'; return refusedBy(function () { return client.post({ headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: { q: list } }); });`,
      ['nothing', 'timeout'],
    ),
    answer(
      'a token as large as text may be',
      `return refusedBy(function () { return jwt.verify('x'.repeat(1000000), { issuer: 'x' }); });`,
    ),
    answer(
      'a key set as large as text may be',
      `return refusedBy(function () { return jwt.verify('a.b.c', { keySet: { keys: [{ kty: 'RSA', n: 'x'.repeat(900000) }] } }); });`,
    ),
    answer(
      'attributes that are too large',
      `return refusedBy(function () { return bucket.storeAttributes('s', 'p', { a: 'x'.repeat(70000) }); });`,
    ),
    answer('a cached value that is too large', `return refusedBy(function () { return cache.set('k', 'x'.repeat(70000)); });`),
    answer('a key of the cache that is too long', `return refusedBy(function () { return cache.get('x'.repeat(513)); });`),
    answer(
      'a key of the cache that grows when it is read',
      `var key = new String('k'); key.toString = function () { return 'x'.repeat(100000); }; return refusedBy(function () { return cache.get(key); });`,
    ),
    answer('the name of a secret as large as text may be', `return refusedBy(function () { return secrets.get('x'.repeat(1000000)); });`),
    answer(
      'more answers than a run may carry',
      `var got = ''; for (var i = 0; i < 20; i++) got += client.get('/large').body.length; return [got];`,
      ['memory'],
    ),
    answer(
      'answers that are kept and multiplied',
      `var all = []; for (var i = 0; i < 5; i++) all.push(client.get('/large').body); return unless(all.join('').length === 1000000, 'cut');`,
    ),
  ],
  killing: [
    answer('a loop of requests that never ends', `for (;;) { try { client.get('/x'); } catch (e) { } } return [];`, ['timeout']),
    answer('a loop once a request is under way', `try { client.get('/x'); } finally { for (;;) {} }`, ['timeout']),
    answer('a loop between two requests', `client.get('/x'); for (;;) {} client.get('/x'); return [];`, ['timeout']),
    answer(
      'an answer that fills the memory',
      `var text = client.get('/large').body, all = []; for (;;) all.push(text.split('')); return all;`,
      TOO_MUCH,
    ),
    answer(
      'memory taken while a request is under way',
      `var all = []; try { client.get('/x'); } catch (e) { for (;;) all.push(new Array(100000).fill(1)); } for (;;) all.push(new Array(100000).fill(1)); return all;`,
      TOO_MUCH,
    ),
  ],
};
