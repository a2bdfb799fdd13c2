import { Socket } from 'node:net';

const BUFFER_BYTES = 256 * 1024;

/** Reads into one buffer instead of a new one per chunk. The handle is Node's own; where it is missing, events do. */
export function readingInPlace(given: Socket, receive: (bytes: Buffer) => void): Socket {
  const handle = (given as unknown as { _handle?: { readStop(): number; reading: boolean } })._handle;
  if (handle === undefined || typeof handle.readStop !== 'function') {
    given.on('data', receive);
    return given;
  }
  handle.readStop();
  handle.reading = false;
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  const socket = new Socket({
    handle,
    onread: {
      buffer,
      callback: (count: number) => {
        receive(buffer.subarray(0, count));
        return true;
      },
    },
  } as unknown as ConstructorParameters<typeof Socket>[0]);
  // The first socket must not close the handle they share.
  (given as unknown as { _handle: unknown })._handle = null;
  socket.unref();
  socket.read(0);
  return socket;
}
