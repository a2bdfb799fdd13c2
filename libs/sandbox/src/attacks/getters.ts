import { attack, type Family } from './attack.ts';

/** Code of the attacker's where a value is expected. */
export const GETTERS: Family = {
  name: 'getters',
  attacks: [
    attack('a member that throws while it is written', `return { get length() { throw new Error('x'); } };`, ['invalid-response']),
    attack(
      'an argument that turns into text',
      `return reach(tried(function () { return context.request.getHeader({ toString: function () { throw logger; } }); }));`,
    ),
    attack(
      'a name that is another name the second time',
      `var turn = 0; return reach(tried(function () { return context.getAccessTokenIssuer({ toString: function () { return turn++ ? 'jwt' : 'none'; } }); }));`,
    ),
    attack(
      'toPrimitive',
      `return reach(tried(function () { return secondsUntil({ [Symbol.toPrimitive]: function () { return context; } }); }));`,
    ),
    attack(
      'valueOf that recurses',
      `var value = { valueOf: function () { return +value; } }; return reach(tried(function () { return secondsSince(value); }));`,
    ),
    attack(
      'a log line made of traps',
      `logger.info('{} {} {}', { get a() { throw 1; }, toString: function () { throw 2; }, toJSON: function () { throw 3; } }, { get message() { throw 4; } }, context); return [];`,
    ),
    attack(
      'a log line that runs code',
      `var ran = 0; logger.warn({ get message() { ran++; return 'm'; }, toString: function () { ran++; return 's'; } }); return reach(logger);`,
    ),
    attack(
      'an error whose name throws',
      `throw { get name() { throw context; }, get message() { throw context; }, get stack() { throw context; } };`,
      ['runtime'],
    ),
    attack('an error whose message is a list of itself', `var e = new Error('x'); e.message = [e]; throw e;`, ['runtime']),
    attack('an error that answers for a refusal', `throw { get payload() { return '{"status":200}'; }, status: 200, code: 'ok' };`, [
      'runtime',
    ]),
    attack(
      'a description that changes',
      `var n = 0; throw exceptionFactory.badRequestException({ toString: function () { n++; throw exceptionFactory; } });`,
      ['runtime', 'rejected'],
    ),
    attack(
      'options with code in them',
      `return reach(tried(function () { return sha256('x', { get encoding() { return context; } }); }));`,
    ),
    attack(
      'data for an issuer with a setter that catches',
      `var caught = []; var data = { set iss(value) { caught.push(value); }, get sub() { return 'x'; } }; return reach(tried(function () { return context.accessTokenIssuer.issue(data, context.delegation); })).concat(caught);`,
    ),
    attack(
      'an inherited setter',
      `var caught = []; var data = Object.create({ set jti(value) { caught.push(value); } }); tried(function () { return context.accessTokenIssuer.issue(data); }); return caught;`,
    ),
    attack(
      'a getter of a view on another object',
      `var getter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(context), 'client').get; return refusedBy(function () { return getter.call({}); });`,
    ),
    attack('a getter of a view on its prototype', `return refusedBy(function () { return Object.getPrototypeOf(context).getClient(); });`),
    attack('an heir of the context', `return refusedBy(function () { return Object.create(context).client; });`),
  ],
};
