import { afterAll } from '@jest/globals';
import { describeProcesses } from './testing/process-contract.ts';
import { temporaryFile } from './testing/sqlite-file.ts';

const places: ReturnType<typeof temporaryFile>[] = [];
afterAll(() => {
  for (const place of places) place.remove();
});

describeProcesses('several processes on one SQLite file', () => {
  const place = temporaryFile();
  places.push(place);
  return Promise.resolve({ kind: 'sqlite', file: place.file });
});
