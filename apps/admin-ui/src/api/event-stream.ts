import { ApiError } from './api-error.ts';
import { addressOf, type Query } from './request.ts';

/** A server-sent event; `name` and `data` are empty for a sign of life. */
export interface ServerEvent {
  /** What the stream goes on after when it is opened again with it; null where the event has none. */
  readonly id: string | null;
  readonly name: string;
  readonly data: string;
}

/**
 * Events of the admin API until its stream ends. In place of an `EventSource`, which tells nobody why it was refused.
 *
 * @param lastId the id of the last event of the stream before; null for one that begins
 * @throws ApiError when it is refused, does not answer or breaks; an `AbortError` when the signal says so
 */
export async function* serverEvents(
  resource: string,
  query: Query,
  lastId: string | null,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const orUnreachable = (error: unknown): never => {
    throw signal.aborted ? error : ApiError.unreachable(error);
  };
  const response = await fetch(addressOf(resource, query), {
    headers: { accept: 'text/event-stream, application/problem+json', ...(lastId === null ? {} : { 'last-event-id': lastId }) },
    credentials: 'same-origin',
    cache: 'no-store',
    signal,
  }).catch(orUnreachable);
  if (!response.ok || response.body === null) throw await ApiError.of(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(orUnreachable);
      if (done) return;
      const blocks = (text + value).split('\n\n');
      text = blocks.pop() ?? '';
      yield* blocks.map(eventOf);
    }
  } finally {
    // Whoever stops reading hangs up.
    await reader.cancel().catch(() => undefined);
  }
}

/** HTML Living Standard section 9.2.6, as far as the admin API writes it: each field on one line. */
function eventOf(block: string): ServerEvent {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, Math.max(0, colon)), line.slice(colon + 2)] as const;
    }),
  );
  return { id: fields.get('id') ?? null, name: fields.get('event') ?? '', data: fields.get('data') ?? '' };
}
