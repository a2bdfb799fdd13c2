/** One block of a stream. */
export interface ServerSentEvent {
  /** Where the stream stands; undefined where the block says nothing of it. */
  readonly id: string | undefined;
  readonly event: string;
  /** Null for a block without data, which is no event. */
  readonly data: string | null;
  /** Milliseconds after which to come back, where the stream says so. */
  readonly retry: number | undefined;
}

/** Characters of one block. A feed that sends more is none. */
const MOST = 1_048_576;

/**
 * Reads server-sent events. HTML Living Standard section 9.2.6. Comments come as blocks without anything: they are signs of life.
 *
 * @throws RangeError for a block without end
 */
export async function* serverSentEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    // A line ends with CR LF, LF or CR; a CR at the end of a chunk may be half of one.
    const whole = rest.endsWith('\r') ? rest.length - 1 : rest.length;
    const blocks = rest.slice(0, whole).replace(/\r\n?/g, '\n').split('\n\n');
    rest = (blocks.pop() ?? '') + rest.slice(whole);
    if (rest.length > MOST) throw new RangeError(`a block of the stream has more than ${MOST} characters`);
    for (const block of blocks) yield parsed(block);
  }
}

function parsed(block: string): ServerSentEvent {
  let [id, event, retry]: [string | undefined, string, number | undefined] = [undefined, 'message', undefined];
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const [name, value] = colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
    if (name === 'data') data.push(value);
    else if (name === 'event') event = value;
    else if (name === 'id' && !value.includes('\0')) id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) retry = Number(value);
  }
  return { id, event, data: data.length === 0 ? null : data.join('\n'), retry };
}
