import { describe, expect, test } from '@jest/globals';
import { PLAIN_THEME } from '#libs/oauth';
import { endpointBody, endpointOf } from './endpoint-body.ts';
import { checkShape } from './shape.ts';
import { PLAIN_USER_PAGES, userPagesBody } from './user-pages-body.ts';

describe('the settings of pages for people', () => {
  test('may all be left out', () => {
    expect(checkShape(userPagesBody, {})).toEqual({ ok: true, value: PLAIN_USER_PAGES });
    expect(PLAIN_USER_PAGES).toEqual({
      ...{
        title: 'Tokenwright',
        accentColor: '#1d4ed8',
        theme: PLAIN_THEME,
        locales: ['en', 'de', 'sv'],
        passwords: true,
        selfService: true,
        scopeChoice: false,
      },
      ...{ sessionLifetime: 43_200, sessionIdleLifetime: 3600, consentLifetime: null },
    });
  });

  test.each([
    ['a colour by name, which could be anything in a style sheet', { accentColor: 'red;}' }, 'accentColor'],
    ['a short colour', { accentColor: '#fff' }, 'accentColor'],
    ['no title', { title: ' ' }, 'title'],
    ['a language of which the theme has no texts', { locales: ['fr'] }, 'locales'],
    ['a language twice', { locales: ['en', 'en'] }, 'locales'],
    ['no language', { locales: [] }, 'locales'],
    ['no lifetime', { sessionLifetime: 0 }, 'sessionLifetime'],
    ['settings that there are not', { logo: 'x' }, 'logo'],
  ])('are refused with %s', (_what, body, member) => {
    const shaped = checkShape(userPagesBody, body);
    expect(shaped.ok ? [] : shaped.problems.map(({ path }) => path[0])).toEqual([member]);
  });

  test('go with endpoints of their kind only', () => {
    const body = (members: object) => endpointBody.parse({ path: '/people', ...members });
    expect(endpointOf('p', 'user-pages', body({}), 'file', true).userPages).toEqual(PLAIN_USER_PAGES);
    expect(endpointOf('p', 'oauth-token', body({}), 'file', true).userPages).toBeNull();
    expect(() => endpointOf('p', 'oauth-token', body({ userPages: {} }), 'file', true)).toThrow(
      'goes with endpoints of kind "user-pages" only',
    );
  });
});
