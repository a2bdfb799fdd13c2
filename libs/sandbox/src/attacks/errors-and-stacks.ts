import { attack, type Family } from './attack.ts';

/** What errors lead to. */
export const ERRORS_AND_STACKS: Family = {
  name: 'errors and stacks',
  attacks: [
    attack(
      'a stack hook',
      `var E = Error; return refusedBy(function () { E.prepareStackTrace = function (error, sites) { return sites; }; });`,
    ),
    attack(
      'a stack hook on a class of its own',
      `var sites = []; class Own extends Error { static prepareStackTrace(e, s) { sites.push(s); return s; } } var stack = new Own('x').stack; return sites.concat(reach(Object(stack)));`,
    ),
    attack(
      'a stack hook on a global object of its own',
      `var sites = []; var globalThis = { Error: { prepareStackTrace: function (e, s) { sites.push(s); } } }; new Error('x').stack; return sites;`,
    ),
    attack(
      'the hook of the service called with sites of its own',
      `var E = Error; var text = tried(function () { return E.prepareStackTrace(Array, [{ getFileName: function () { return 'procedure.js'; }, getLineNumber: function () { return 4711; }, getColumnNumber: function () { return 1; }, getFunctionName: function () { return context; } }]); }); return reach(Object(text));`,
    ),
    attack('captureStackTrace', `return refusedBy(function () { var o = {}; (0, Error).captureStackTrace(o); return o.stack; });`),
    attack('a longer stack', `var E = Error; return refusedBy(function () { E.stackTraceLimit = Infinity; });`),
    attack(
      'the getter of the stack',
      `var descriptor = Object.getOwnPropertyDescriptor(new Error('x'), 'stack'); return reach(descriptor.get, descriptor.set, tried(function () { return descriptor.get.call(logger); }));`,
    ),
    attack(
      'a stack that shows the service',
      `var text = ''; try { context.request.getHeader({ toString: function () { null.x; } }); } catch (e) { text = e.stack; } return unless(!/realm|prelude|node:|file:|\\//.test(text), text.slice(0, 300));`,
    ),
    attack(
      'a name that is a symbol',
      `var e = new Error('x'); e.name = Symbol('s'); return reach(tried(function () { return e.stack; }), tried(function () { return String(e); }));`,
    ),
    attack(
      'an error of the engine at the end of the stack',
      `var last; function deep() { try { deep(); } catch (e) { last = e; } } deep(); return reach(last);`,
    ),
    attack(
      'an error of a service at the end of the stack',
      `var kept = []; function deep() { try { deep(); } catch (e) { try { logger.info('{}', {}); context.getRequest(); sha256('x'); } catch (again) { if (kept.length < 5) kept.push(again); } } } deep(); return reach.apply(null, kept);`,
    ),
    attack(
      'the cause of an error',
      `var e = tried(function () { return context.getAccessTokenIssuer('none').issue(); }); return reach(e, e && e.cause);`,
    ),
    attack(
      'an aggregate',
      `return reach(new AggregateError([tried(function () { null.x; }), tried(function () { return logger.no(); })], 'm'));`,
    ),
    attack(
      'a suppressed error',
      `var e = tried(function () { using x = { [Symbol.dispose]: function () { throw new Error('second'); } }; throw new Error('first'); }); return reach(e, e.error, e.suppressed);`,
    ),
    attack(
      'something left on a suppressed error',
      `var e = tried(function () { using x = { [Symbol.dispose]: function () { throw 1; } }; throw 2; }); return refusedBy(function () { Object.getPrototypeOf(e).left = context.client.id; });`,
    ),
    attack(
      'something left on the constructor of one',
      `var e = tried(function () { using x = { [Symbol.dispose]: function () { throw 1; } }; throw 2; }); return refusedBy(function () { e.constructor.left = context.client.id; });`,
    ),
    attack(
      'an error of every service',
      `var services = [logger, console, exceptionFactory, Java, base64url, jwt, cache, secrets]; var errors = []; services.forEach(function (service) { Reflect.ownKeys(service).forEach(function (name) { errors.push(tried(function () { return service[name](Symbol('x'), {}, []); })); }); }); return reach.apply(null, errors.filter(isObject));`,
    ),
    attack(
      'an error thrown as an error of the service',
      `class ProcedureRejection extends Error { constructor() { super('x'); this.payload = '{"status":200}'; } } throw new ProcedureRejection();`,
      ['runtime'],
    ),
    attack('an heir of a refusal', `var real = exceptionFactory.notFoundException('x'); throw Object.create(real);`, ['runtime']),
    attack(
      'the constructor of a refusal',
      `var real = exceptionFactory.notFoundException('x'); return reach(real).concat(unless(real.constructor === Error || real.constructor === undefined || real.constructor === Object, 'a constructor of refusals'));`,
    ),
    attack('a setter of the stack', `var e = new Error('x'); e.stack = { toString: function () { throw context; } }; throw e;`, [
      'runtime',
    ]),
    attack('half a character and separators in a message', `throw new Error('\\ud800\\u0000\\u0001\\u0002\\u0003R{}');`, ['runtime']),
  ],
};
