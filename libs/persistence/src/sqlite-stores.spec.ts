import { afterAll } from '@jest/globals';
import { describeStores } from '../../oauth/src/testing/store-contract.ts';
import { openStores } from './open-stores.ts';
import { temporaryFile } from './testing/sqlite-file.ts';

const place = temporaryFile();
afterAll(() => {
  place.remove();
});

describeStores('SQLite stores', () => openStores({ database: { kind: 'sqlite', file: place.file } }));
