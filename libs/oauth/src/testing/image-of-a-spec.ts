import { crc32, deflateSync } from 'node:zlib';

/** A chunk of a PNG image, with its checksum. */
export function pngChunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}

export const PNG_START = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG image of one colour, with further chunks before its pixels. */
export function pngOf(
  width: number,
  height: number,
  color: readonly [number, number, number] = [0, 128, 96],
  ...more: readonly Buffer[]
): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.from([0, ...Array.from({ length: width }, () => color).flat()]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  return Buffer.concat([PNG_START, pngChunk('IHDR', head), ...more, pngChunk('IDAT', pixels), pngChunk('IEND')]);
}

/** A lossless WebP image as far as its header goes. RFC 9649. */
export function webpOf(width: number, height: number): Buffer {
  const data = Buffer.alloc(6);
  data[0] = 0x2f;
  data.writeUInt32LE((width - 1) | ((height - 1) << 14), 1);
  const chunk = Buffer.concat([Buffer.from('VP8L'), sizeOf(data.length), data, ...(data.length % 2 === 0 ? [] : [Buffer.alloc(1)])]);
  return Buffer.concat([Buffer.from('RIFF'), sizeOf(chunk.length + 4), Buffer.from('WEBP'), chunk]);
}

function sizeOf(size: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(size);
  return bytes;
}
