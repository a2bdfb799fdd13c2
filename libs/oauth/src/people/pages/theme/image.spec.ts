import { describe, expect, test } from '@jest/globals';
import { pngChunk, pngOf, PNG_START, webpOf } from '../../../testing/image-of-a-spec.ts';
import { inspectImage } from './image.ts';

describe('a logo', () => {
  test('is PNG or WebP, by its own bytes', () => {
    expect(inspectImage(pngOf(240, 64))).toEqual({ type: 'image/png', extension: 'png', width: 240, height: 64 });
    expect(inspectImage(webpOf(300, 100))).toEqual({ type: 'image/webp', extension: 'webp', width: 300, height: 100 });
  });

  test.each([
    [
      'SVG, which can carry scripts',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
      /can carry scripts/,
    ],
    ['a document', Buffer.from('<?xml version="1.0"?><x/>'), /can carry scripts/],
    ['HTML', Buffer.from('<!DOCTYPE html><script>alert(1)</script>'), /can carry scripts/],
    ['GIF', Buffer.from('GIF89a/*;alert(1)'), /GIF/],
    ['JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), /JPEG/],
    ['nothing', Buffer.alloc(0), /neither PNG nor WebP/],
    [
      'a PNG image that is a document too (a polyglot)',
      Buffer.concat([pngOf(2, 2), Buffer.from('<script>alert(1)</script>')]),
      /behind its end/,
    ],
    ['a WebP image that is an archive too', Buffer.concat([webpOf(2, 2), Buffer.from('PK\u0003\u0004')]), /behind its end/],
    ['a PNG image that was cut off', pngOf(40, 40).subarray(0, -13), /damaged/],
    ['a PNG image with a wrong checksum', Buffer.from(pngOf(2, 2)).fill(7, 20, 21), /damaged/],
    ['a PNG image without pixels', Buffer.concat([PNG_START, pngChunk('IEND')]), /damaged/],
    ['a PNG image that moves', pngOf(2, 2, [0, 0, 0], pngChunk('acTL', Buffer.alloc(8))), /moves/],
    ['a start of WebP alone', Buffer.from('RIFF\u0004\u0000\u0000\u0000WEBP'), /damaged/],
    ['an image that is too wide', pngOf(2049, 1), /2049 by 1 pixels; 2048 by 1024/],
    ['an image that claims to be giant', webpOf(16_000, 16_000), /16000 by 16000 pixels/],
    ['a file that is too large', Buffer.alloc(131_073), /131073 bytes; 131072/],
  ])('is not %s', (_what, bytes, words) => {
    expect(inspectImage(bytes)).toMatch(words);
  });
});
