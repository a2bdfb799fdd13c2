import { crc32 } from 'node:zlib';

/** An image as its own bytes tell it. */
export interface InspectedImage {
  readonly type: 'image/png' | 'image/webp';
  readonly extension: 'png' | 'webp';
  readonly width: number;
  readonly height: number;
}

/** Bytes that a logo may have. */
export const LOGO_BYTES = 131_072;
const MOST_WIDE = 2048;
const MOST_HIGH = 1024;

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * What image these bytes are, from beginning to end: what is something else besides (a polyglot), moves or is huge is refused. SVG is,
 * too: it is a document, which may carry scripts and load from elsewhere.
 *
 * @returns what is wrong, in words, for anything but a PNG or WebP image that can be shown
 */
export function inspectImage(bytes: Buffer): InspectedImage | string {
  if (bytes.length > LOGO_BYTES) return `has ${bytes.length} bytes; ${LOGO_BYTES} are allowed`;
  const image = bytes.subarray(0, 8).equals(PNG) ? png(bytes) : isWebp(bytes) ? webp(bytes) : strange(bytes);
  if (typeof image === 'string') return image;
  const { width, height } = image;
  if (width === 0 || height === 0) return 'has no pixels';
  if (width > MOST_WIDE || height > MOST_HIGH) return `has ${width} by ${height} pixels; ${MOST_WIDE} by ${MOST_HIGH} are allowed`;
  return image;
}

function strange(bytes: Buffer): string {
  const start = bytes.subarray(0, 1024).toString('latin1');
  if (/<(svg|\?xml|!doctype)/i.test(start))
    return 'is SVG or another document, which can carry scripts; write it as PNG or WebP, at twice the size at which it is shown';
  if (bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'is JPEG; a logo is PNG or WebP';
  if (start.startsWith('GIF8')) return 'is GIF; a logo is PNG or WebP';
  return 'is neither PNG nor WebP';
}

/** PNG (third edition) section 5: chunks with checksums, from IHDR to IEND and nothing behind it. */
function png(bytes: Buffer): InspectedImage | string {
  const broken = 'is a PNG image that is damaged';
  let at = PNG.length;
  let size: { width: number; height: number } | null = null;
  let hasData = false;
  while (at + 12 <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > bytes.length) return broken;
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) return broken;
    if ((size === null) !== (type === 'IHDR')) return broken;
    if (type === 'IHDR') {
      if (length !== 13) return broken;
      size = { width: bytes.readUInt32BE(at + 8), height: bytes.readUInt32BE(at + 12) };
    }
    if (type === 'acTL') return 'moves, which some people cannot bear; a logo stands still';
    hasData ||= type === 'IDAT';
    if (type === 'IEND') {
      if (end !== bytes.length) return 'is a PNG image with something else behind its end';
      return size !== null && hasData ? { type: 'image/png', extension: 'png', ...size } : broken;
    }
    at = end;
  }
  return broken;
}

function isWebp(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';
}

/** RFC 9649 section 2: chunks that fill the file to its end. */
function webp(bytes: Buffer): InspectedImage | string {
  const broken = 'is a WebP image that is damaged';
  const size = bytes.readUInt32LE(4) + 8;
  if (size < bytes.length) return 'is a WebP image with something else behind its end';
  let dimensions: { width: number; height: number } | null = null;
  let hasData = false;
  let at = 12;
  while (at + 8 <= bytes.length) {
    const type = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const data = at + 8;
    // Odd chunks are padded.
    at = data + length + (length % 2);
    if (at > bytes.length) return broken;
    if (type === 'ANIM' || type === 'ANMF') return 'moves, which some people cannot bear; a logo stands still';
    if (type === 'VP8X' && length >= 10)
      dimensions ??= { width: bytes.readUIntLE(data + 4, 3) + 1, height: bytes.readUIntLE(data + 7, 3) + 1 };
    if (type !== 'VP8 ' && type !== 'VP8L') continue;
    const pixels = type === 'VP8 ' ? lossy(bytes, data, length) : lossless(bytes, data, length);
    if (pixels === null || hasData) return broken;
    hasData = true;
    if (dimensions !== null && (dimensions.width !== pixels.width || dimensions.height !== pixels.height)) return broken;
    dimensions = pixels;
  }
  if (at !== bytes.length || size !== bytes.length || dimensions === null || !hasData) return broken;
  return { type: 'image/webp', extension: 'webp', ...dimensions };
}

/** RFC 6386 section 9.1. */
function lossy(bytes: Buffer, at: number, length: number) {
  if (length < 10 || bytes.readUIntBE(at + 3, 3) !== 0x9d012a) return null;
  return { width: bytes.readUInt16LE(at + 6) & 0x3fff, height: bytes.readUInt16LE(at + 8) & 0x3fff };
}

/** RFC 9649 section 3.4. */
function lossless(bytes: Buffer, at: number, length: number) {
  if (length < 5 || bytes[at] !== 0x2f) return null;
  const bits = bytes.readUInt32LE(at + 1);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}
