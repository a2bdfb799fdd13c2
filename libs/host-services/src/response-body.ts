import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { HostServiceError } from '#libs/oauth';

/** What requests say they take. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

/**
 * Reads a body as it comes, and no further than the limit: it bounds the bytes that arrive and those they unfold to.
 *
 * @throws HostServiceError `too-large` or `broken`; whatever the stream fails with
 */
export async function readBody(body: Readable, encoding: string | undefined, limit: number): Promise<Buffer> {
  const unfold = decoderOf(encoding);
  if (unfold === 'unknown') {
    // A body that nobody reads would keep its connection until the clock of the call has run out.
    body.on('error', () => undefined).destroy();
    throw new HostServiceError('broken', 'the answer has a content-encoding that was not asked for');
  }
  const chunks: Buffer[] = [];
  const collect = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of bounded(source, limit)) chunks.push(chunk);
  };
  try {
    if (unfold === null) await pipeline(body, collect);
    else await pipeline(body, (source: AsyncIterable<Buffer>) => bounded(source, limit), unfold, collect);
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (typeof code === 'string' && (code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR__ERROR')))
      throw new HostServiceError('broken', 'the answer is not compressed as its header content-encoding says', { cause: error });
    throw error;
  }
  return Buffer.concat(chunks);
}

function decoderOf(encoding: string | undefined) {
  switch (encoding?.trim().toLowerCase() ?? '') {
    case '':
    case 'identity':
      return null;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return 'unknown';
  }
}

async function* bounded(source: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Buffer> {
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > limit)
      throw new HostServiceError('too-large', `the answer is larger than the ${limit} bytes of the HTTP client's maximumResponseBytes`);
    yield chunk;
  }
}

/** As text: in the charset that the content type names, where it is known, else UTF-8. */
export function textOf(bytes: Buffer, contentType: string | undefined): string {
  const charset = /;\s*charset="?([\w-]{1,40})/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
