import type { IncomingMessage, Server } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';

/**
 * Connections on which nobody has asked for anything yet. Clients open some ahead, or in place of a stream that was cut; Node does not
 * count them as idle, so a server that is to close would wait for them for a minute.
 *
 * @returns drops them, and all that come from then on
 */
export function unusedConnections(server: Server): () => void {
  const unused = new Set<Socket>();
  let isClosing = false;
  const take = (socket: Socket): void => {
    if (isClosing) {
      socket.destroy();
      return;
    }
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  };
  // With TLS, the socket that requests name comes with the end of the handshake.
  server.on(server instanceof HttpsServer ? 'secureConnection' : 'connection', take);
  server.on('request', ({ socket }: IncomingMessage) => unused.delete(socket));
  return () => {
    isClosing = true;
    for (const socket of unused) socket.destroy();
  };
}
