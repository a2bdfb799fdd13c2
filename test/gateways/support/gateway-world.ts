import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request, type Agent } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { startService, type RunningService } from '../../support/running-service.ts';
import { caller, pause, revoke, tokenOf, type Caller } from '../../support/wire-service.ts';
import { startEchoApi, type EchoApi, type Received } from './echo-api.ts';

const FOLDER = join(process.cwd(), 'test', 'gateways');

/** What the configurations of this folder say and every user replaces. */
export const PRINTED = {
  service: '127.0.0.1:8443',
  api: '127.0.0.1:8080',
  port: '8000',
  ca: '/etc/tokenwright/ca.pem',
  credentials: 'Z2F0ZXdheV9jbGllbnQ6U2VjcjN0IQ==',
} as const;

/** What a gateway answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** A token service with TLS, and an API that echoes: everything but the gateway between. */
export class GatewayWorld {
  private constructor(
    readonly service: RunningService,
    readonly api: EchoApi,
    /** For what gateways write. */
    readonly directory: string,
  ) {}

  static async open(): Promise<GatewayWorld> {
    const service = await startService({
      configFile: join(FOLDER, 'support', 'service.yaml'),
      tls: { mode: 'self-signed', certFile: null, keyFile: null, asksForCertificates: false },
    });
    const world = new GatewayWorld(service, await startEchoApi(), mkdtempSync(join(tmpdir(), 'tokenwright-gateway-')));
    // Gateways that change their user must still read it.
    chmodSync(world.directory, 0o755);
    copyFileSync(join(service.dataDir, 'tls', 'cert.pem'), world.ca);
    // For fetch, which takes no authority of its own. In place of an earlier world's: all of them have one name.
    setDefaultCACertificates([...getCACertificates('bundled'), readFileSync(world.ca, 'utf8')]);
    return world;
  }

  async close(): Promise<void> {
    await this.service.stop();
    await this.api.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** The certificate of the service, which is its own authority. */
  get ca(): string {
    return join(this.directory, 'ca.pem');
  }

  /**
   * A configuration of this folder, with what a user replaces replaced.
   *
   * @param changes by what stands in the file; each must. One list after the other
   */
  configuration(file: string, ...changes: readonly Readonly<Record<string, string>>[]): string {
    let text = readFileSync(join(FOLDER, file), 'utf8');
    for (const list of changes) {
      const printed = Object.keys(list).sort((a, b) => b.length - a.length);
      for (const one of printed) if (!text.includes(one)) throw new Error(`${file} does not say ${one}`);
      // At one go: what takes the place of one may look like another.
      const any = new RegExp(printed.map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
      if (printed.length > 0) text = text.replace(any, (found) => list[found] ?? found);
    }
    return text;
  }

  /** The replacements that most configurations need. */
  replacements(port: number): Record<string, string> {
    return {
      [PRINTED.service]: `127.0.0.1:${this.service.settings.port}`,
      [PRINTED.api]: `127.0.0.1:${this.api.port}`,
      [PRINTED.port]: String(port),
      [PRINTED.ca]: this.ca,
    };
  }

  async token(form: Readonly<Record<string, string>> = {}, client = 'server-client'): Promise<string> {
    return (await tokenOf(this.service, caller(client), form)).access_token;
  }

  /** A token that has ended. */
  async expiredToken(client = 'hasty-client'): Promise<string> {
    const token = await this.token({}, client);
    await pause(2100);
    return token;
  }

  async revokedToken(client = 'server-client'): Promise<string> {
    const token = await this.token({}, client);
    await this.revoke(token, caller(client));
    return token;
  }

  async revoke(token: string, as: Caller = caller('server-client')): Promise<void> {
    const { status } = await revoke(this.service, token, as);
    if (status !== 200) throw new Error(`revocation answered ${status}`);
  }

  /** What the API received for an answer. Throws when the answer is not the API's. */
  received(answer: Answer): Received {
    if (answer.status !== 200) throw new Error(`the gateway answered ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body) as Received;
  }
}

/** One request on a connection of its own, unless an agent is given. Header values may be lists: then the header is sent as often. */
export function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
  { method = 'GET', body = '', agent = false }: { method?: string; body?: string; agent?: Agent | false } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = { ...headers, ...(body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }) };
    const message = request({ host: '127.0.0.1', port, path, method, headers: sent, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      response.on('error', reject);
    });
    message.on('error', reject);
    message.end(body);
  });
}

export const bearer = (token: string): { readonly authorization: string } => ({ authorization: `Bearer ${token}` });

/** A port where connections are taken and requests never answered. */
export interface Silence {
  readonly port: number;
  close(): Promise<void>;
}

/** @param dataDir of the service whose certificate it shows; null where it does not even shake hands */
export async function startSilence(dataDir: string | null): Promise<Silence> {
  const sockets = new Set<Socket>();
  const hold = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.resume();
  };
  const pem = (name: string) => readFileSync(join(dataDir ?? '', 'tls', name));
  const server = dataDir === null ? createServer(hold) : createTlsServer({ cert: pem('cert.pem'), key: pem('key.pem') }, hold);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A service with the certificate of the real one, which answers every introspection with the same JWT. */
export interface Answering {
  readonly port: number;
  /** How often it was asked. */
  asked(): number;
  close(): Promise<void>;
}

export async function startAnswering({ service }: GatewayWorld, jwt: string): Promise<Answering> {
  let asked = 0;
  const pem = (name: string) => readFileSync(join(service.dataDir, 'tls', name));
  const server = createHttpsServer({ cert: pem('cert.pem'), key: pem('key.pem') }, ({ method }, response) => {
    if (method === 'POST') asked++;
    response
      .writeHead(200, { 'content-type': 'application/jwt', 'content-length': String(jwt.length), 'cache-control': 'max-age=60' })
      .end(jwt);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked: () => asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
