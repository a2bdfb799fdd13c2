import { attack, type Attack, type Family } from './attack.ts';

/** With `client` and `bucket` at hand. */
function handle(name: string, body: string, ends?: Attack['ends']): Attack {
  return attack(name, `var client = context.getWebServiceClient('partner'), bucket = context.getBucket('visits'); ${body}`, ends);
}

/** Clients, buckets and what they give: imitated, borrowed, changed and kept. */
export const SERVICE_HANDLES: Family = {
  name: 'handles of services',
  attacks: [
    handle(
      'what clients, buckets and their answers lead to',
      `return reach(client, bucket, client.get('/x'), bucket.getAttributes('s', 'p'));`,
    ),
    handle(
      'their prototypes',
      `return reach(Object.getPrototypeOf(client), Object.getPrototypeOf(bucket), Object.getPrototypeOf(client.get('/x')));`,
    ),
    handle('a method taken off its client', `var get = client.get; return refusedBy(function () { return get('/x'); });`),
    handle(
      'a method of a client on what only looks like one',
      `return refusedBy(function () { return client.get.call({ id: 'partner', uri: null }, '/x'); });`,
    ),
    handle('an heir of a client', `return refusedBy(function () { return Object.create(client).get('/x'); });`),
    handle('an heir of a bucket', `return refusedBy(function () { return Object.create(bucket).storeAttributes('s', 'p', {}); });`),
    handle('a method of a bucket on a client', `return refusedBy(function () { return bucket.getAttributes.call(client, 's', 'p'); });`),
    handle('a method of a client on a bucket', `return refusedBy(function () { return client.post.call(bucket, { body: 'x' }); });`),
    handle(
      'the getter of a bucket’s id on another object',
      `return refusedBy(function () { return Object.getPrototypeOf(bucket).getId.call({}); });`,
    ),
    handle(
      'a client made by its constructor',
      `return unless(client.constructor === Object && bucket.constructor === Object, 'a constructor');`,
    ),
    handle('a method of a client as a constructor', `return refusedBy(function () { return new client.get('/x'); });`),
    handle('another URI for a client', `return refusedBy(function () { client.uri = 'https://evil.example'; });`),
    handle('another id for a bucket', `return refusedBy(function () { bucket.id = 'other'; });`),
    handle(
      'another method for every client',
      `return refusedBy(function () { Object.getPrototypeOf(client).get = function () { return context; }; }).concat(refusedBy(function () { Object.getPrototypeOf(client).left = client; }), refusedBy(function () { Object.getPrototypeOf(bucket).left = bucket; }));`,
    ),
    handle(
      'a client whose prototype is exchanged',
      `var set = Object.setPrototypeOf; return refusedBy(function () { set(client, { get: function () { return 1; } }); });`,
    ),
    handle(
      'a client that an answer names',
      `var made = JSON.parse(client.get('/echo').body); made.client = 'other'; return refusedBy(function () { return client.get.call(made, '/x'); });`,
    ),
    handle('an answer as the options of a request', `return refusedBy(function () { return client.request(client.get('/x')); });`),
    handle(
      'a client as the options of a request',
      `var gone = client.request(client); return unless(gone.body === 'hello', 'it became an option');`,
    ),
    handle(
      'a bucket as attributes',
      `return reach(bucket.storeAttributes('s', 'p', bucket)).concat(unless(bucket.getAttributes('s', 'p').get('id') === 'visits', 'others'));`,
    ),
    handle(
      'the context as attributes',
      `var stored = bucket.storeAttributes('s', 'p', context); return reach(stored).concat(unless(stored.request.body === undefined && stored.presentedToken.value === undefined && stored.response === undefined, 'what is hidden'));`,
    ),
    handle(
      'an answer that is written to',
      `var first = client.get('/x'), second; first.body = 'mine'; first.headers.evil = 'e'; second = client.get('/x');
       return unless(second.body === 'hello' && second.headers.evil === undefined && second.getBody() === 'hello', 'the next answer');`,
    ),
    handle(
      'attributes that are written to',
      `bucket.storeAttributes('s', 'p', { n: 1 }).put('n', 2); bucket.getAttributes('s', 'p').put('n', 3);
       return unless(bucket.getAttributes('s', 'p').n === 1, 'what is stored');`,
    ),
    handle(
      'a method of answers exchanged for all',
      `var kind = Object.getPrototypeOf(client.get('/x')); return refusedBy(function () { Object.defineProperty(kind, 'getBody', { value: 1 }); }).concat(refusedBy(function () { kind.left = client; }), refusedBy(function () { Object.getPrototypeOf(kind).left = client; }));`,
    ),
    handle(
      'a method of answers hidden in one',
      `var answer = client.get('/x'); answer.getBody = function () { return 'mine'; }; return unless(client.get('/x').getBody() === 'hello', 'in all');`,
    ),
    handle(
      'a method of answers on what is none',
      `var getBody = client.get('/x').getBody; return reach(tried(function () { return getBody.call(logger); }), tried(function () { return getBody.call(undefined); }));`,
    ),
    handle(
      'private marks on what all runs share',
      `class Base { constructor(object) { return object; } }
       class Mark extends Base { #mark = 1; static on(object) { return #mark in object; } }
       var shared = [logger, secrets, cache, jwt, Object.getPrototypeOf(client), Object.getPrototypeOf(bucket), client.get];
       var before = shared.filter(Mark.on); shared.forEach(function (object) { tried(function () { return new Mark(object); }); });
       return unless(before.length === 0, 'a mark of an earlier run');`,
    ),
    handle(
      'a client that outlives its run in a name without declaration',
      `var before = typeof keptClient === 'undefined' ? null : keptClient; keptClient = client; return unless(before === null, 'a client of an earlier run').concat(before === null ? [] : [before.get('/x').body]);`,
    ),
    handle(
      'a client that outlives its run on a function of the service',
      `return refusedBy(function () { client.get.kept = client; }).concat(refusedBy(function () { cache.get.kept = client; }));`,
    ),
    handle(
      'a client that outlives its run in the cache',
      `cache.set('client', { client: client }); return reach(cache.get('client')).concat(unless(cache.get('client').client.get === undefined || Object.keys(cache.get('client').client).length === 0, 'a client'));`,
    ),
    handle(
      'a client that is used while the response is written',
      `var late = []; late.toJSON = function () { return client.get('/x').body === 'hello' ? [] : ['another answer']; }; return late;`,
    ),
    handle(
      'a client that a response hands to the next run',
      `var late = []; late.toJSON = function () { return tried(function () { Object.getPrototypeOf(client).late = client; }) instanceof TypeError ? [] : ['kept']; }; return late;`,
    ),
  ],
};
