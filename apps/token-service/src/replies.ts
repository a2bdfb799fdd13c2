import type { ServerResponse } from 'node:http';
import { openBody, type OAuthResponse } from '#libs/oauth';

/** With fewer requests than these under way, a reply goes at once. */
const FEW = 3;

/**
 * Sends replies, those of one turn of the event loop together: sent one by one, with work between them, each wakes the
 * machinery of the network and the client anew, which costs more than the work. Headers are made when a reply is handed in,
 * so that nothing but sending is left for the end.
 */
export class Replies {
  #underWay = 0;
  #ready: { readonly raw: ServerResponse; readonly body: Body }[] = [];

  /** A request has come in, and a reply will be sent for it. */
  expect(): void {
    this.#underWay++;
  }

  /** Hands in the reply to a request that was expected. */
  send(raw: ServerResponse, response: OAuthResponse): void {
    this.#underWay--;
    if (raw.destroyed) return;
    writeHead(raw, response);
    if (response.stream !== undefined) {
      response.stream(openBody(raw));
      return;
    }
    if (this.#underWay < FEW && this.#ready.length === 0) {
      end(raw, bodyOf(response));
      return;
    }
    if (this.#ready.length === 0) setImmediate(this.#sendAll);
    this.#ready.push({ raw, body: bodyOf(response) });
  }

  readonly #sendAll = (): void => {
    const ready = this.#ready;
    this.#ready = [];
    for (const { raw, body } of ready) end(raw, body);
  };
}

/** Answers at once, outside any order. */
export function reply(raw: ServerResponse, response: OAuthResponse): void {
  if (raw.destroyed) return;
  writeHead(raw, response);
  end(raw, bodyOf(response));
}

type Body = string | Uint8Array | null;

const bodyOf = ({ body, bytes }: OAuthResponse): Body => bytes ?? body;

/** By hand: exact length, headers and body in one write, nothing added. */
function writeHead(raw: ServerResponse, response: OAuthResponse): void {
  const { status, headers } = response;
  const body = bodyOf(response);
  raw.writeHead(status, body === null ? (headers as string[]) : [...headers, 'Content-Length', String(Buffer.byteLength(body))]);
}

function end(raw: ServerResponse, body: Body): void {
  if (raw.destroyed) return;
  if (body === null) raw.end();
  else raw.end(body);
}
