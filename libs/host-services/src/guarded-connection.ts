import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import { HostServiceError } from '#libs/oauth';
import type { AddressRules } from './addresses.ts';

/** Finds the addresses of a name, and always ends; specs give their own. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** By the system's own rules, so that its hosts file counts too. */
export const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true, order: 'verbatim' });

/** PEM texts, opened. */
export interface TlsMaterial {
  /** Null for the platform's authorities. */
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

/**
 * Makes connections only to addresses that the rules allow. A name is resolved once: every address it has is tested, the
 * connection is made to those very addresses, and what the socket says it reached is tested again before a byte is sent.
 */
export function guardedConnector(
  rules: AddressRules,
  tls: TlsMaterial,
  resolve: Resolve,
  timeoutMilliseconds: number,
): buildConnector.connector {
  return (options, callback) => {
    open(options, rules, tls, resolve, timeoutMilliseconds).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error as Error, null),
    );
  };
}

async function open(
  { hostname, protocol, port }: buildConnector.Options,
  rules: AddressRules,
  tls: TlsMaterial,
  resolve: Resolve,
  timeoutMilliseconds: number,
): Promise<Socket> {
  const clock = new Clock(timeoutMilliseconds);
  try {
    const addresses = await Promise.race([addressesOf(hostname, rules, resolve), clock.runsOut]);
    return await reach({ hostname, protocol, port }, addresses, rules, tls, clock);
  } finally {
    clock.stop();
  }
}

async function reach(
  { hostname, protocol, port }: Pick<buildConnector.Options, 'hostname' | 'protocol' | 'port'>,
  addresses: readonly LookupAddress[],
  rules: AddressRules,
  tls: TlsMaterial,
  clock: Clock,
): Promise<Socket> {
  const secure = protocol === 'https:';
  const socket = connectTcp({
    host: hostname,
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    autoSelectFamily: true,
    noDelay: true,
    keepAlive: true,
    lookup: (_hostname, options, done) => {
      if (options.all === true) done(null, [...addresses]);
      else done(null, addresses[0]?.address ?? '', addresses[0]?.family);
    },
  });
  try {
    await Promise.race([happening(socket, 'connect'), clock.runsOut]);
    if (!rules.allows(socket.remoteAddress ?? '')) throw refused(hostname);
    if (!secure) return socket;
    const encrypted = connectTls({
      socket,
      host: hostname,
      ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      ...(tls.ca === null ? {} : { ca: tls.ca }),
      ...(tls.cert === null || tls.key === null ? {} : { cert: tls.cert, key: tls.key }),
    });
    await Promise.race([happening(encrypted, 'secureConnect'), clock.runsOut]);
    return encrypted;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** The time that making a connection may take, from the name to the end of the handshake. */
class Clock {
  readonly runsOut: Promise<never>;
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number) {
    this.runsOut = new Promise((_resolve, reject) => {
      this.#timer = setTimeout(() => {
        reject(Object.assign(new Error('the connection took too long'), { code: 'ETIMEDOUT' }));
      }, milliseconds);
    });
    // Whoever waits for it hears of it; nobody may.
    this.runsOut.catch(() => undefined);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

async function addressesOf(hostname: string, rules: AddressRules, resolve: Resolve): Promise<readonly LookupAddress[]> {
  const version = isIP(hostname);
  const addresses = version === 0 ? await resolve(hostname) : [{ address: hostname, family: version }];
  if (addresses.length === 0) throw Object.assign(new Error('the name has no address'), { code: 'ENOTFOUND' });
  if (!addresses.every(({ address }) => rules.allows(address))) throw refused(hostname);
  return addresses;
}

/** Does not say the address: a procedure could map the network behind the service with it. */
function refused(hostname: string): HostServiceError {
  return new HostServiceError(
    'refused',
    `${hostname.slice(0, 200)} has an address that is not public; the allowedNetworks of the HTTP client would allow it`,
  );
}

function happening(socket: Socket, event: string): Promise<void> {
  // One that comes when nobody waits for it must not end the process; whoever uses the socket then hears of its close.
  socket.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    const closed = () => {
      reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }));
    };
    socket.once('error', reject);
    socket.once('close', closed);
    socket.once(event, () => {
      socket.off('error', reject);
      socket.off('close', closed);
      resolve();
    });
  });
}
