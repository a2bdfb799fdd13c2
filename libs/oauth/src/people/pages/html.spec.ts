import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { html, type Piece } from './html.ts';

const HOSTILE = `<script>alert("1")</script>' & "`;

describe('HTML templates', () => {
  test('escape text, for content and for attributes', () => {
    const escaped = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; &amp; &quot;';
    expect(html`<p title="${HOSTILE}">${HOSTILE}</p>`.text).toBe(`<p title="${escaped}">${escaped}</p>`);
  });

  test('take HTML that a template made as it is, and lists of it', () => {
    const items = ['a', '<b>'].map((text) => html`<i>${text}</i>`);
    expect(html`<p>${items}</p>`.text).toBe('<p><i>a</i><i>&lt;b&gt;</i></p>');
  });

  test('leave out null and false, and take numbers', () => {
    expect(html`${null}${false}${0}${[null, 1]}`.text).toBe('01');
  });

  test('take nothing for HTML that only looks like it', () => {
    const forged = { text: '<script>', toString: () => '<script>' } as unknown as Piece;
    expect(() => html`${forged}`).toThrow();
  });

  test('leave no character of markup in any text (OWASP, output encoding)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const made = html`${text}`.text;
        expect(made).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
      }),
    );
  });
});
