import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { aClientCertificate } from '../testing/client-certificate.ts';
import { canonicalName, canonicalSubject } from './distinguished-name.ts';

describe('distinguished names (RFC 4514)', () => {
  test.each<[string, string, string]>([
    ['spaces around separators do not matter (section 3)', 'CN=a,O=b', ' cn = a , O=b '],
    ['nor how a type is written (section 3)', 'CN=a,E=x@y,ST=z', '2.5.4.3=a,emailAddress=x@y,S=z'],
    ['nor how a value is escaped (section 2.4)', 'CN=a\\, b', 'CN=a\\2C b'],
    ['in UTF-8 (section 2.4)', 'CN=Lučić', 'CN=Lu\\C4\\8Di\\C4\\87'],
    ['nor the order within one of several attributes (section 2.2)', 'CN=a+OU=b,O=c', 'OU=b + CN=a,O=c'],
  ])('%s', (_what, one, other) => {
    expect(canonicalName(one)).not.toBeNull();
    expect(canonicalName(one)).toBe(canonicalName(other));
  });

  test.each<[string, string, string]>([
    ['the order of names', 'CN=a,O=b', 'O=b,CN=a'],
    ['a name more', 'CN=a,O=b', 'CN=a'],
    ['several attributes for several names', 'CN=a+OU=b', 'CN=a,OU=b'],
    ['another case', 'CN=a', 'CN=A'],
    ['spaces within', 'CN=a b', 'CN=a  b'],
    ['escaped spaces at the end', 'CN=a', 'CN=a\\ '],
    ['separators that are part of a value', 'CN=a\\,O=b', 'CN=a,O=b'],
    ['a value that reads like a name', 'CN=a\\2CO\\=b', 'CN=a,O=b'],
  ])('%s makes another name', (_what, one, other) => {
    expect(canonicalName(one)).not.toBeNull();
    expect(canonicalName(other)).not.toBeNull();
    expect(canonicalName(one)).not.toBe(canonicalName(other));
  });

  test.each([
    '',
    'a',
    '=a',
    'CN=',
    'CN=a,',
    'CN=a,,O=b',
    'CN=a;O=b',
    'CN="a"',
    'CN=#0403',
    'CN=a\\',
    'CN=a\\x',
    '/CN=a/O=b',
    'CN=a\nO=b',
    'C N=a',
  ])('%j is none', (text) => {
    expect(canonicalName(text)).toBeNull();
  });
});

describe('the subject of a certificate', () => {
  const subjectOf = async (subject: string) => canonicalSubject(new X509Certificate((await aClientCertificate({ subject })).certificate));

  test.each<[string, string]>([
    ['C=SE, O=Example, CN=reports', 'CN=reports,O=Example,C=SE'],
    ['DC=com, DC=example, 0.9.2342.19200300.100.1.1=7', 'UID=7,DC=example,DC=com'],
    ['O=a\\, b\\+c, CN=x \\; y', 'CN=x \\; y,O=a\\, b\\+c'],
    ['CN=\\ lead\\ ', 'CN=\\ lead\\ '],
    ['CN=\\#hash', 'CN=\\#hash'],
    ['CN=a\\0AO\\=b', 'CN=a\\0AO\\=b'],
    ['O=ü+CN=a', 'CN=a+O=ü'],
    ['2.5.4.97=PSDSE-1, CN=x', 'CN=x,organizationIdentifier=PSDSE-1'],
    ['1.2.3.4=z', '1.2.3.4=z'],
  ])('%s is written as %s', async (subject, written) => {
    expect(await subjectOf(subject)).toBe(canonicalName(written));
  });

  test('a line end in a value makes no name of its own', async () => {
    expect(await subjectOf('CN=a\\0ACN\\=victim')).not.toBe(canonicalName('CN=victim,CN=a'));
  });

  test('an empty one is like nothing', async () => {
    expect(await subjectOf('')).toBeNull();
  });
});
