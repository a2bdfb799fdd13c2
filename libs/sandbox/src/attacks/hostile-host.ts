import type { HostAnswer, HostCall } from '#libs/oauth';

/** What the attacks may read, and must not be able to keep. */
export const SECRET = 'secret-of-the-attacked-8d1f';

/** Names that mean something to the language or to a map of the service, as a server of the attacker's could send them. */
const POISON =
  '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"toString":"t","hasOwnProperty":"h","get":"g","size":7,"toJSON":"j","value":1}';

interface Answered {
  readonly body: string;
  readonly headers?: string;
}

/**
 * Answers what attacks ask of services, with what an attacker's own server, key or cache entry could make them answer. Texts
 * are written out, for a member named `__proto__` would not survive an object literal. What other calls ask for nobody gets.
 */
export class HostileHost {
  readonly #kept = new Map<string, string>();
  #requests = 0;

  answer(call: HostCall): HostAnswer | Promise<HostAnswer> {
    switch (call.kind) {
      case 'http':
        // The network takes its time: the run has gone from the process when the answer comes.
        return new Promise((resolve) => setImmediate(() => resolve(this.#http(call.args))));
      case 'verify-jwt':
        return { ok: POISON };
      case 'cache-get':
        return { ok: call.args === 'poisoned' ? `{"kept":${POISON}}` : (this.#kept.get(call.args) ?? 'null') };
      case 'cache-set': {
        const end = call.args.indexOf('\n');
        const [key] = JSON.parse(call.args.slice(0, end)) as [string];
        this.#kept.set(key, call.args.slice(end + 1));
        return { ok: 'null' };
      }
      case 'secret':
        return call.args === 'api' ? { ok: SECRET } : refusal('fault', 'no such secret');
      case 'bucket-get':
        return Promise.resolve({ ok: call.args.includes('"poisoned"') ? POISON : 'null' });
      default:
        return refusal('fault', 'nobody gets this');
    }
  }

  #http(args: string): HostAnswer {
    const { path } = JSON.parse(args) as { readonly path: string | null };
    const response = ({ body, headers = '{"content-type":"application/json"}' }: Answered): HostAnswer => ({
      ok: `{"statusCode":200,"headers":${headers},"body":${JSON.stringify(body)}}`,
    });
    switch (path) {
      case '/echo':
        return response({ body: args });
      case '/poison':
        return response({ body: POISON });
      case '/headers':
        return response({ body: '', headers: POISON });
      case '/count':
        return response({ body: String(++this.#requests) });
      case '/large':
        return response({ body: 'x'.repeat(200_000) });
      case '/controls':
        return response({ body: 'a\u0000b\u0001c\u0002d\u0003e\ud800' });
      case '/fails':
        return refusal('timeout', 'no answer in time');
      case '/fails-oddly':
        return refusal('__proto__', 'a\u0001b\u0002c\u0003d {"admin":true}');
      default:
        return response({ body: 'hello' });
    }
  }
}

function refusal(code: string, message: string): HostAnswer {
  return { error: { code, message } };
}
