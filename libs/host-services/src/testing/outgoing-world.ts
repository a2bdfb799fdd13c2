import type { OpenedHttpClient } from '#libs/oauth';
import type { Resolve } from '../guarded-connection.ts';
import { openHostServices, type OpenedHostServices } from '../open-host-services.ts';
import { aClient } from './client-builder.ts';
import { TestServer, type Answer } from './test-server.ts';

/** Every name is this machine's. */
export const LOCAL: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];

/** Services and the servers they reach, all closed together. */
export class OutgoingWorld {
  readonly #opened: { close(): Promise<void> }[] = [];

  readonly services = (resolve: Resolve = LOCAL): OpenedHostServices => {
    const made = openHostServices({
      resolve,
      onError: (error) => {
        throw error;
      },
    });
    this.#opened.push(made);
    return made;
  };

  readonly serving = async (answer: Answer, host?: string): Promise<TestServer> => {
    const server = await TestServer.open(answer, undefined, host);
    this.#opened.push(server);
    return server;
  };

  async close(): Promise<void> {
    for (const each of this.#opened.splice(0).toReversed()) await each.close();
  }
}

export const hello: Answer = (_received, response) => response.end('hello');

/** A URL of the server under a name that resolves to it. */
export const at = ({ port }: TestServer, path = '/', host = 'api.example'): string => `http://${host}:${port}${path}`;

/** A client that may reach the server. */
export const allowing = ({ port }: TestServer, members: Partial<OpenedHttpClient> = {}): OpenedHttpClient =>
  aClient({ allowedHosts: [`api.example:${port}`], ...members });

/** What a call failed with. */
export const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('it succeeded');
    },
    (error: unknown) => error,
  );
