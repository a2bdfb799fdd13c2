import type { VerifyArguments } from '../service-arguments.ts';
import type { Guest } from '../sandbox.ts';
import type { JsonTexts } from './json.ts';
import type { OwnMembers } from './members.ts';
import type { JavaShapes } from './shapes.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * `jwt.verify`: asks the host, which has the keys and the network. An option that is misspelt or null would be a check that
 * does not happen, so both are errors.
 */
export function jwtVerification(guest: Guest, members: OwnMembers, shapes: JavaShapes, json: JsonTexts) {
  const { hasOwn, keys } = Object;
  const { isArray } = Array;
  const { parse, stringify } = JSON;
  const { elementsOf, isMap, isObject, objectOf } = members;

  const OPTIONS = ['jwksUri', 'issuer', 'keySet', 'audience', 'algorithms', 'clockTolerance', 'typ'];

  function textOf(value: unknown, what: string): string {
    if (typeof value === 'string' || value instanceof String) return String(value);
    throw new TypeError(`jwt.verify: ${what} must be text`);
  }

  function textsOf(value: unknown, what: string): string[] {
    const elements = value instanceof String ? [String(value)] : elementsOf(value);
    if (elements.length === 0) throw new TypeError(`jwt.verify: ${what} is empty`);
    return elements.map((element) => textOf(element, `each of ${what}`));
  }

  /** A key set as an object or JSON text, a list of keys, or a single key. */
  function keySetOf(value: unknown): Record<string, unknown> {
    let given = value;
    if (typeof given === 'string' || given instanceof String) {
      try {
        given = parse(String(given));
      } catch {
        throw new TypeError('jwt.verify: keySet is text, but no JSON');
      }
    }
    if (isArray(given)) given = { keys: given };
    if (isMap(given)) given = objectOf(given);
    if (!isObject(given)) throw new TypeError('jwt.verify: keySet must be a JWK set, a list of keys or a key');
    // As JSON carries it, whatever a script made it of.
    const plain = parse(json.ofData(given, 'jwt.verify: keySet')) as Record<string, unknown>;
    return hasOwn(plain, 'keys') ? plain : { keys: [plain] };
  }

  function seconds(value: unknown): number {
    if (typeof value === 'number' && value >= 0 && value <= 600) return value;
    throw new TypeError('jwt.verify: clockTolerance must be 0 to 600 seconds');
  }

  /** The payload as a map, once the signature, the times and everything asked for hold; throws an `Error` that says why not. */
  return function verify(token: unknown, given: unknown): object {
    if (!isObject(given) || isArray(given)) throw new TypeError(`jwt.verify: expected options with ${OPTIONS.join(', ')}`);
    const options = isMap(given) ? objectOf(given) : given;
    for (const name of keys(options)) {
      if (!OPTIONS.includes(name)) throw new TypeError(`jwt.verify: "${name}" is no option; there are ${OPTIONS.join(', ')}`);
      if (options[name] === null || options[name] === undefined)
        throw new TypeError(`jwt.verify: the option ${name} has no value: leave it out`);
    }
    const has = (name: string) => hasOwn(options, name);
    if (!has('jwksUri') && !has('issuer') && !has('keySet'))
      throw new TypeError('jwt.verify: one of jwksUri, issuer and keySet must say which keys');
    if (has('jwksUri') && has('keySet')) throw new TypeError('jwt.verify: jwksUri and keySet exclude each other');
    const args: { -readonly [K in keyof VerifyArguments]: VerifyArguments[K] } = { token: textOf(token, 'the token') };
    if (has('keySet')) args.keySet = keySetOf(options['keySet']);
    if (has('jwksUri')) args.jwksUri = textOf(options['jwksUri'], 'jwksUri');
    if (has('issuer')) args.issuer = textOf(options['issuer'], 'issuer');
    if (has('audience')) args.audience = textsOf(options['audience'], 'audience');
    if (has('algorithms')) args.algorithms = textsOf(options['algorithms'], 'algorithms');
    if (has('clockTolerance')) args.clockTolerance = seconds(options['clockTolerance']);
    if (has('typ')) args.typ = textOf(options['typ'], 'typ');
    return shapes.dress(parse(guest.call('verify-jwt', stringify(args))) as object);
  };
}

/** What `jwtVerification` makes. */
export type JwtVerification = ReturnType<typeof jwtVerification>;
