import { expect, test } from '@jest/globals';
import { PLAIN_CLIENT } from '#libs/oauth';
import { clientBody, clientOf } from './client-body.ts';

test('a client of which a file says nothing has what every member is by default', () => {
  const client = clientOf('p', 'c', clientBody.parse({}), [], 'file');
  expect(client).toEqual({ ...PLAIN_CLIENT, profile: 'p', id: 'c', name: 'c', origin: 'file' });
});
