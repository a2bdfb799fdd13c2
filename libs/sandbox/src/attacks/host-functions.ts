import { attack, type Family } from './attack.ts';

/** The services themselves, used against their intent. */
export const HOST_FUNCTIONS: Family = {
  name: 'host functions',
  attacks: [
    attack(
      'what all services lead to',
      `return reach(logger, console, exceptionFactory, Java, base64url, jwt, cache, secrets, sha256, randomUuid, appendObjectTo, secondsUntil, secondsSince);`,
    ),
    attack(
      'what the context leads to',
      `return reach(context, context.client, context.request, context.response, context.presentedToken, context.presentedToken.data, context.delegation, context.scopeNames, context.subjectAttributes(), context.accessTokenIssuer, context.delegationIssuer);`,
    ),
    attack(
      'their prototypes',
      `return reach(Object.getPrototypeOf(context), Object.getPrototypeOf(context.client), Object.getPrototypeOf(context.accessTokenIssuer));`,
    ),
    attack('a method taken off its object', `var get = context.getClient; return refusedBy(function () { return get(); });`),
    attack('a method on another run’s object', `return refusedBy(function () { return context.getClient.call(context.client); });`),
    attack(
      'a view made by its constructor',
      `return unless(context.constructor === Object || context.constructor === undefined, 'a constructor');`,
    ),
    attack('a method as a constructor', `return refusedBy(function () { return new context.getClient(); });`),
    attack('a service as a constructor', `return refusedBy(function () { return new logger.info('x'); });`),
    attack(
      'a delegation that only looks like one',
      `return refusedBy(function () { return context.accessTokenIssuer.issue({ sub: 'x' }, { id: 'delegation-given', clientId: 'server-client', owner: 'server-client', scope: 'read' }); });`,
    ),
    attack(
      'an heir of a delegation',
      `return refusedBy(function () { return context.accessTokenIssuer.issue({ sub: 'x' }, Object.create(context.delegation)); });`,
    ),
    attack(
      'a delegation by its id',
      `return refusedBy(function () { return context.accessTokenIssuer.issue({ sub: 'x' }, 'delegation-given'); });`,
    ),
    attack(
      'issuers nobody named',
      `return ['__proto__', 'constructor', 'toString', 'none', ''].filter(function (id) { return tried(function () { return context.getAccessTokenIssuer(id); }) !== null; });`,
    ),
    attack(
      'more than one question in one',
      `return refusedBy(function () { return context.getAccessTokenIssuer('jwt\\ndelegation\\n{}').issue({}); });`,
    ),
    attack(
      'line feeds in what is recorded',
      `return refusedBy(function () { context.response.setHeader('X-A\\nrevoke-delegation', 'x\\n\\u0002token\\u0003y'); });`,
    ),
    attack(
      'control characters in what is recorded',
      `return refusedBy(function () { context.response.setHeader('x-a', 'x\\u0002token\\u0003jwt'); });`,
    ),
    attack(
      'a secret by a name of the language',
      `return ['__proto__', 'constructor', 'toString', 'hasOwnProperty'].filter(function (name) { return typeof tried(function () { return secrets.get(name); }) === 'string'; });`,
    ),
    attack(
      'the cache by a name of the language',
      `return ['__proto__', 'constructor', 'toString'].filter(function (name) { var got = tried(function () { return cache.get(name); }); return got !== null && got !== undefined && !(got instanceof Error); });`,
    ),
    attack(
      'hidden parts of the request',
      `return ['authorization', 'cookie', 'Authorization', 'COOKIE', '__proto__', 'constructor'].filter(function (name) { return context.request.getHeader(name) !== null; }).concat(['client_secret', 'client_assertion', 'password', '__proto__'].filter(function (name) { return context.request.getFormParameter(name) !== null; }));`,
    ),
    attack(
      'a list of arguments without an end',
      `return refusedBy(function () { logger.info.apply(logger, { length: 9007199254740991 }); });`,
    ),
    attack('a log line of ten million words', `for (var i = 0; i < 3000; i++) logger.info('x'.repeat(1000)); return [];`, [
      'nothing',
      'timeout',
    ]),
    attack('members of other flows', `return refusedBy(function () { return context.getInitializedContext(null, null, null, null); });`),
    attack('writing to the context', `return refusedBy(function () { context.client = { id: 'other' }; });`),
    attack('writing to the client', `return refusedBy(function () { context.client.id = 'other'; });`),
    attack('writing to a delegation’s claims', `return refusedBy(function () { context.delegation.claims.admin = true; });`),
  ],
};
