import type { Writable } from 'node:stream';
import type { OpenBody } from './exchange.ts';

/** A body that goes on, over what Node writes an answer to. */
export function openBody(raw: Writable): OpenBody {
  return {
    write: (text) => raw.write(text),
    onDrain: (listener) => raw.on('drain', listener),
    onClose: (listener) => raw.on('close', listener),
    end: () => raw.end(),
    cutOff: () => raw.destroy(),
  };
}
