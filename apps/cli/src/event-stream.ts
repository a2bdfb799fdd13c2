import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { rootCertificates } from 'node:tls';
import { bodyOf, reasonOf, refusal, RefusedError, urlOf, type Connection, type Query } from './admin-client.ts';
import { CommandError } from './command-error.ts';

/** A server-sent event. */
export interface StreamedEvent {
  readonly name: string;
  readonly data: string;
}

/** After so long without any sign of life a connection is given up. Milliseconds. */
const SILENCE = 60_000;
/** Between two attempts to come back, the first and the longest. Milliseconds. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;

/**
 * Events of the admin API for as long as somebody reads them: after a connection that broke it goes on where it was.
 *
 * @param onBroken hears, in words, that the connection broke, once until it is back
 * @throws RefusedError when the service refuses; CommandError when the first connection fails
 */
export async function* streamedEvents(
  connection: Connection,
  path: string,
  query: Query,
  onBroken: (reason: string) => void,
): AsyncGenerator<StreamedEvent> {
  let lastId = '';
  let wait = 0;
  for (;;) {
    let reason = 'the stream ended';
    try {
      const response = await open(connection, path, query, lastId);
      for await (const { id, name, data } of eventsIn(response)) {
        wait = 0;
        if (id !== null) lastId = id;
        if (name !== '') yield { name, data };
      }
    } catch (error) {
      if (error instanceof RefusedError && error.status !== 503) throw error;
      reason = error instanceof RefusedError ? error.message : reasonOf(error as NodeJS.ErrnoException);
      if (lastId === '' && wait === 0) throw new CommandError(`cannot follow at ${connection.url}: ${reason}`, { cause: error });
    }
    if (wait === 0) onBroken(reason);
    wait = Math.min(LONGEST_WAIT, Math.max(FIRST_WAIT, 2 * wait));
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** @throws RefusedError */
async function open(connection: Connection, path: string, query: Query, lastId: string): Promise<IncomingMessage> {
  const url = urlOf(connection, path, query);
  const headers = {
    authorization: `Bearer ${connection.token}`,
    accept: 'text/event-stream',
    ...(lastId === '' ? {} : { 'last-event-id': lastId }),
  };
  const trust = connection.ca === null ? {} : { ca: [...rootCertificates, connection.ca] };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestHttps(url, { headers, ...trust }) : requestHttp(url, { headers });
    request.setTimeout(SILENCE, () => request.destroy(new Error(`there was no sign of life for ${SILENCE / 1000} seconds`)));
    request.on('response', resolve).on('error', reject);
    request.end();
  });
  if (response.statusCode === 200) return response;
  throw refusal(response.statusCode ?? 0, await bodyOf(response));
}

/** HTML Living Standard section 9.2.6, as far as the admin API writes it: each field on one line. */
async function* eventsIn(response: IncomingMessage): AsyncGenerator<StreamedEvent & { readonly id: string | null }> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => {
          const colon = line.indexOf(': ');
          return [line.slice(0, Math.max(0, colon)), line.slice(colon + 2)] as const;
        }),
      );
      yield { id: fields.get('id') ?? null, name: fields.get('event') ?? '', data: fields.get('data') ?? '' };
    }
  }
}
