import { attack, TOO_MUCH, type Attack, type Family } from './attack.ts';

/** With `client`, `bucket` and `echo` at hand; the last gives what the host was asked for. */
function options(name: string, body: string, ends?: Attack['ends']): Attack {
  return attack(
    name,
    `var client = context.getWebServiceClient('partner'), bucket = context.getBucket('visits');
     function echo(given) { return JSON.parse(client.request(given).body); } ${body}`,
    ends,
  );
}

/** Code of the attacker's, and values that change, where services expect options. */
export const SERVICE_OPTIONS: Family = {
  name: 'options of services',
  attacks: [
    options(
      'options that throw what they should not have',
      `return reach(tried(function () { return client.get({ get path() { throw logger; } }); }), tried(function () { return client.post({ get body() { throw context; } }); }));`,
    ),
    options(
      'a method that is another one the second time',
      `var turn = 0, asked = echo({ path: '/echo', get method() { return turn++ ? 'DELETE' : 'get'; } }); return unless(asked.method === 'GET', asked.method);`,
    ),
    options(
      'a path that is another one the second time',
      `var turn = 0, asked = echo({ get path() { return turn++ ? '/other' : '/echo'; } }); return unless(asked.path === '/echo', asked.path);`,
    ),
    options(
      'text objects that say something else each time',
      `var turn = 0, path = new String('/a'); path.toString = function () { return turn++ ? '/other' : '/echo'; };
       var asked = echo({ path: path }); return unless(asked.path === '/echo' && typeof asked.path === 'string', 'another path');`,
    ),
    options(
      'a text object that is none',
      `return refusedBy(function () { return client.get({ path: Object.create(String.prototype) }); });`,
    ),
    options(
      'a text object that turns into no text',
      `var path = new String('/a'); path.toString = function () { return {}; }; path.valueOf = path.toString; return refusedBy(function () { return client.get({ path: path }); });`,
    ),
    options(
      'header values that are text only when they are looked at',
      `var turn = 0, headers = {}; Object.defineProperty(headers, 'x-a', { enumerable: true, get: function () { return turn++ > 1 ? { a: 1 } : 'text'; } });
       var asked = tried(function () { return echo({ path: '/echo', headers: headers }); });
       return asked instanceof TypeError ? reach(asked) : unless(typeof asked.headers['x-a'] === 'string', 'no text');`,
    ),
    options(
      'query values that are text only when they are looked at',
      `var turn = 0, query = {}; Object.defineProperty(query, 'q', { enumerable: true, get: function () { return turn++ % 2 ? [{ a: 1 }] : 'text'; } });
       var asked = tried(function () { return echo({ path: '/echo', query: query }); });
       return asked instanceof TypeError ? reach(asked) : unless(asked.query.q.every(function (each) { return typeof each === 'string'; }), 'no text');`,
    ),
    options(
      'names of the language as headers and query',
      `var given = JSON.parse('{"__proto__":"p","constructor":"c","toString":"t"}'), asked = echo({ path: '/echo', headers: given, query: given });
       return unless(Object.keys(asked.headers).length === 3 && Object.keys(asked.query).length === 3 && ({}).p === undefined, 'lost or inherited').concat(reach(asked.headers));`,
    ),
    options(
      'options by way of a prototype',
      `var asked = echo(Object.create({ client: 'other', uri: 'https://evil.example', toJSON: function () { return {}; } }, { path: { value: '/echo', enumerable: true } }));
       return unless(asked.client === 'partner' && asked.uri === null && asked.path === '/echo', JSON.stringify(asked));`,
    ),
    options('options that nobody has', `return refusedBy(function () { return client.get({ client: 'other', path: '/x' }); });`),
    options(
      'an option named toJSON',
      `return refusedBy(function () { return client.get({ path: '/x', toJSON: function () { return {}; } }); });`,
    ),
    options(
      'a hidden toJSON of the options',
      `var given = { path: '/echo' }; Object.defineProperty(given, 'toJSON', { value: function () { return { uri: 'https://evil.example' }; } });
       var asked = echo(given); return unless(asked.uri === null && asked.path === '/echo', 'it was asked');`,
    ),
    options(
      'a native map with hostile names',
      `return reach(tried(function () { return client.get(new Map([[{ toString: function () { throw context; } }, 1]])); }), tried(function () { return client.get(new Map([[Symbol('x'), 1]])); }));`,
    ),
    options(
      'a map with methods of its own',
      `class Mine extends Map { forEach(visit) { visit('https://evil.example', 'uri'); } get size() { return 1e9; } }
       var asked = echo(new Mine([['path', '/echo']])); return unless(asked.path === '/echo' && asked.uri === null, 'its own methods');`,
    ),
    options(
      'a Java map with methods of its own',
      `var HashMap = Java.type('java.util.HashMap'), given = new HashMap(); given.put('path', '/echo'); given.get = function () { return 'https://evil.example'; };
       return refusedBy(function () { return echo(given); });`,
    ),
    options(
      'an iterator that gives objects',
      `return refusedBy(function () { return client.get({ query: { q: { iterator: function () { var n = 0; return { hasNext: function () { return n++ < 2; }, next: function () { return client; } }; } } } }); });`,
    ),
    options(
      'a list whose length is text',
      `return unless(echo({ path: '/echo', query: { q: { length: '3' } } }) === null, 'it was taken');`,
      ['runtime'],
    ),
    options(
      'a body that is another one when it is written',
      `var turn = 0, body = { get a() { return turn++ > 1 ? { deep: turn } : turn; } }, asked = echo({ path: '/echo', body: body }); return unless(typeof JSON.parse(asked.body).a === 'number' || typeof JSON.parse(asked.body).a === 'object', 'no JSON');`,
    ),
    options(
      'a body that says itself what it is',
      `var asked = echo({ path: '/echo', body: { toJSON: function () { return '"},"uri":"https://evil.example"'; } } }); return unless(asked.uri === null && asked.path === '/echo', 'it became an option');`,
    ),
    options(
      'a body that is nothing when it is written',
      `var asked = echo({ path: '/echo', body: { toJSON: function () { return undefined; } } }); return unless(asked.uri === null && asked.body === '', 'a part of the frame');`,
    ),
    options(
      'a body that asks for more while it is written',
      `var asked = echo({ path: '/echo', body: { toJSON: function () { return { inner: client.get('/x').body, kept: cache.get('none') }; } } });
       return unless(asked.body === '{"inner":"hello","kept":null}', asked.body);`,
    ),
    options(
      'a body that contains itself',
      `var body = { list: [] }; body.list.push(body); return refusedBy(function () { return client.post({ body: body }); });`,
    ),
    options(
      'a body nested without end',
      `var body = []; for (var i = 0; i < 5000; i++) body = [body]; return refusedBy(function () { return client.post({ body: body }); });`,
    ),
    options('a body of functions', `return refusedBy(function () { return client.post({ body: [function () { return context; }] }); });`),
    options(
      'a body of views',
      `var asked = echo({ path: '/echo', body: { client: context.client } }); return unless(JSON.parse(asked.body).client.id === context.client.id, 'others');`,
    ),
    options(
      'timeouts that are none',
      `return [NaN, Infinity, -1, 0, '5', {}, { valueOf: function () { return 5; } }, []].filter(function (timeout) { return !(tried(function () { return client.get({ timeout: timeout }); }) instanceof TypeError); }).map(String);`,
    ),
    options(
      'an id that is another one the second time',
      `var turn = 0, id = new String('x'); id.toString = function () { return turn++ ? 'other' : 'partner'; };
       var asked = JSON.parse(context.getWebServiceClient(id).get('/echo').body); return unless(asked.client === 'partner', asked.client);`,
    ),
    options(
      'line feeds and the wire’s separators in every text',
      `var text = 'a\\nb\\u0001c\\u0002d\\u0003e', asked = echo({ path: '/echo', headers: { 'x-a': text }, body: text, query: { q: text } });
       return unless(asked.headers['x-a'] === text && asked.body === text && asked.query.q[0] === text, 'cut');`,
    ),
    options(
      'half a character in every text',
      `var asked = echo({ path: '/echo', body: '\\ud800', headers: { 'x-\\udc00': '\\ud800' } }); return unless(asked.client === 'partner', 'broken').concat(reach(asked));`,
    ),
    options(
      'a check of jwt.verify that goes away when it is read',
      `var turn = 0, given = { issuer: 'https://i.example', get audience() { return turn++ > 1 ? [] : 'me'; } };
       return refusedBy(function () { return jwt.verify('a.b.c', given); });`,
    ),
    options(
      'options of jwt.verify by way of a prototype',
      `return refusedBy(function () { return jwt.verify('a.b.c', Object.create({ keySet: { keys: [] } })); });`,
    ),
    options(
      'options of jwt.verify that throw',
      `return reach(tried(function () { return jwt.verify('a.b.c', { get keySet() { throw logger; } }); }), tried(function () { return jwt.verify({ toString: function () { throw context; } }, { issuer: 'x' }); }));`,
    ),
    options(
      'a key set that is another one when it is written',
      `var turn = 0; return reach(jwt.verify('a.b.c', { keySet: { get keys() { return turn++ ? [{ kty: 'oct', k: 'AAAA' }] : []; } } }));`,
    ),
    options(
      'a key set that says itself what it is',
      `return refusedBy(function () { return jwt.verify('a.b.c', { keySet: { toJSON: function () { return []; } } }); });`,
    ),
    options(
      'a key set with names of the language',
      `return reach(jwt.verify('a.b.c', { keySet: '{"__proto__":{"admin":true},"keys":[{"__proto__":{"kty":"oct"}}]}' })).concat(unless(({}).admin === undefined && ({}).kty === undefined, 'polluted'));`,
    ),
    options('a key set as text that is no JSON', `return refusedBy(function () { return jwt.verify('a.b.c', { keySet: '{"keys":' }); });`),
    options(
      'a token that is no text',
      `return refusedBy(function () { return jwt.verify({ toString: function () { return 'a.b.c'; } }, { issuer: 'x' }); });`,
    ),
    options(
      'attributes that are another thing when they are written',
      `var turn = 0, given = { get n() { return turn++ > 1 ? [turn] : 1; } }, stored = bucket.storeAttributes('s', 'p', given);
       return unless(JSON.stringify(stored) === JSON.stringify(bucket.getAttributes('s', 'p')), 'not what was stored');`,
    ),
    options(
      'attributes that say themselves they are text',
      `return refusedBy(function () { return bucket.storeAttributes('s', 'p', { toJSON: function () { return 'text'; } }); });`,
    ),
    options(
      'attributes that say themselves they are a list',
      `return refusedBy(function () { return bucket.storeAttributes('s', 'p', { toJSON: function () { return []; } }); });`,
    ),
    options(
      'attributes with names of the language',
      `var stored = bucket.storeAttributes('s', 'p', JSON.parse('{"__proto__":{"admin":true},"constructor":1}'));
       return unless(stored.admin === undefined && Object.keys(stored).length === 2 && ({}).admin === undefined, 'inherited');`,
    ),
    options(
      'a subject that is another one the second time',
      `var turn = 0, subject = new String('a'); subject.toString = function () { return turn++ ? 'bob' : 'alice'; };
       bucket.storeAttributes(subject, 'p', { n: 1 }); return unless(bucket.getAttributes('alice', 'p').n === 1 && bucket.getAttributes('bob', 'p').isEmpty(), 'another subject');`,
    ),
    options(
      'names of an entry that look like another’s',
      `bucket.storeAttributes('a","b', 'p', { n: 1 }); bucket.storeAttributes('a\\n{"n":2}', 'p', { n: 3 });
       return unless(bucket.getAttributes('a', 'b","p').isEmpty() && bucket.getAttributes('a', 'p').isEmpty(), 'mixed up');`,
    ),
    options(
      'a cached value that says itself what it is',
      `cache.set('own', { toJSON: function () { return undefined; } }); return unless(cache.get('own') === null, 'something');`,
    ),
    options(
      'a key of the cache with more in it',
      `cache.set('k\\n{"kept":2}', 1, 60); return unless(cache.get('k') === null && cache.get('k\\n{"kept":2}') === 1, 'mixed up');`,
    ),
    options(
      'lifetimes that are none',
      `return [NaN, -1, 0, '60', {}, null].filter(function (seconds) { return !(tried(function () { return cache.set('t', 1, seconds); }) instanceof TypeError); }).map(String);`,
    ),
  ],
  killing: [
    options(
      'an iterator in a query that never ends',
      `client.get({ query: { q: { iterator: function () { return { hasNext: function () { return true; }, next: function () { return 'x'; } }; } } } }); return [];`,
      TOO_MUCH,
    ),
    options(
      'a list in a query that is all holes',
      `var list = []; list.length = 4294967295; client.get({ query: { q: list } }); return [];`,
      TOO_MUCH,
    ),
    options('a length in a query that costs nothing', `client.get({ query: { q: { length: 9007199254740991 } } }); return [];`, TOO_MUCH),
    options(
      'audiences without an end',
      `jwt.verify('a.b.c', { issuer: 'x', audience: { length: 9007199254740991 } }); return [];`,
      TOO_MUCH,
    ),
    options(
      'a key set that is all holes',
      `var keys = []; keys.length = 4294967295; jwt.verify('a.b.c', { keySet: keys }); return [];`,
      TOO_MUCH,
    ),
    options('a getter among options that never ends', `client.get({ get path() { for (;;) {} } }); return [];`, ['timeout']),
    options('a body that never ends', `client.post({ body: { toJSON: function () { for (;;) {} } } }); return [];`, ['timeout']),
    options(
      'attributes that grow while they are read',
      `var given = {}; Object.defineProperty(given, 'a', { enumerable: true, get: function () { var all = []; for (;;) all.push(new Array(1000).fill(1)); } }); bucket.storeAttributes('s', 'p', given); return [];`,
      TOO_MUCH,
    ),
  ],
};
