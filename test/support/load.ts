import { Agent, request } from 'node:http';
import { CLIENT, GATEWAY } from './running-service.ts';

/** An answer to a form request over a kept connection. */
export interface FormAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly milliseconds: number;
}

/**
 * Posts forms over kept connections of its own; a connection that breaks rejects.
 *
 * @param localAddress to send from, so that a flood and its neighbours can be told apart; Linux has all of 127.0.0.0/8
 */
export class FormSender {
  readonly #agent: Agent;

  constructor(
    private readonly port: number,
    connections = 16,
    private readonly localAddress = '127.0.0.1',
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  post(path: string, form: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): Promise<FormAnswer> {
    const body = new URLSearchParams(form).toString();
    const start = performance.now();
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          ...{ host: '127.0.0.1', port: this.port, path, method: 'POST', agent: this.#agent, localAddress: this.localAddress },
          headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body), ...headers },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, text, headers: response.headers, milliseconds: performance.now() - start }),
          );
        },
      );
      sent.on('error', reject).end(body);
    });
  }

  /** A token of the demo's client. */
  token(): Promise<FormAnswer> {
    return this.post('/oauth/v2/oauth-token', { grant_type: 'client_credentials', client_id: CLIENT.id, client_secret: CLIENT.secret });
  }

  introspect(token: string, headers: Readonly<Record<string, string>> = {}): Promise<FormAnswer> {
    return this.post('/introspection', { token, client_id: GATEWAY.id, client_secret: GATEWAY.secret }, headers);
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The opaque token in a token answer. */
export function tokenIn({ text }: FormAnswer): string {
  return (JSON.parse(text) as { access_token: string }).access_token;
}

/** The middle one of some figures. */
export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;
}
