import { describe, expect, test } from '@jest/globals';
import { serverSentEvents, type ServerSentEvent } from './server-sent-events.ts';

async function read(text: string, cuts: readonly number[] = []): Promise<readonly ServerSentEvent[]> {
  const bytes = new TextEncoder().encode(text);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const ends = [...cuts, bytes.length].sort((a, b) => a - b);
    for (const [i, end] of ends.entries()) yield bytes.subarray(ends[i - 1] ?? 0, end);
  }
  const events: ServerSentEvent[] = [];
  for await (const event of serverSentEvents(chunks())) events.push(event);
  return events;
}

const none = { id: undefined, event: 'message', data: null, retry: undefined };

describe('server-sent events (HTML Living Standard section 9.2.6)', () => {
  test.each<[string, string, readonly Partial<ServerSentEvent>[]]>([
    ['an event', 'id: 1-a\nevent: token\ndata: {}\n\n', [{ id: '1-a', event: 'token', data: '{}' }]],
    ['data without a name', 'data: x\n\n', [{ event: 'message', data: 'x' }]],
    ['lines of data', 'data: a\ndata:b\ndata\n\n', [{ data: 'a\nb\n' }]],
    ['one space after the colon alone is left out', 'data:  a\n\n', [{ data: ' a' }]],
    ['a comment', ':\n\n: still here\n\n', [{}, {}]],
    ['an id alone', 'id: 2-b\n\n', [{ id: '2-b' }]],
    ['an id with a null character is none', 'id: 2\0b\ndata: x\n\n', [{ data: 'x' }]],
    ['how soon to come back', 'retry: 1000\n\nretry: soon\n\n', [{ retry: 1000 }, {}]],
    ['fields of later versions', 'colour: red\ndata: x\n\n', [{ data: 'x' }]],
    ['lines that end otherwise', 'data: a\r\n\r\ndata: b\r\rdata: c\n\n', [{ data: 'a' }, { data: 'b' }, { data: 'c' }]],
    ['what is not at its end', 'data: a\n\ndata: b\n', [{ data: 'a' }]],
  ])('%s', async (_what, text, events) => {
    expect(await read(text)).toEqual(events.map((event) => ({ ...none, ...event })));
  });

  test('come out the same wherever the network cuts them, also within a character', async () => {
    const text = 'retry: 5\r\n\r\nid: 1-a\r\nevent: token\r\ndata: {"é":"🔑"}\r\n\r\n:\n\nid: 2-b\rdata: y\r\rdata: z\n\n';
    const whole = await read(text);
    expect(whole).toHaveLength(5);
    const length = new TextEncoder().encode(text).length;
    for (let cut = 1; cut < length; cut++) expect(await read(text, [cut])).toEqual(whole);
    expect(
      await read(
        text,
        Array.from({ length: length - 1 }, (_, i) => i + 1),
      ),
    ).toEqual(whole);
  });

  test('a block without end is refused', async () => {
    await expect(read(`data: ${'x'.repeat(2_000_000)}`, [1_000_000])).rejects.toThrow(RangeError);
  });
});
