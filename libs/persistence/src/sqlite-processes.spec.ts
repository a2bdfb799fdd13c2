import { afterAll } from '@jest/globals';
import { describeProcesses } from './testing/process-contract.ts';
import { temporaryFile } from './testing/sqlite-file.ts';

const places = [temporaryFile(), temporaryFile(), temporaryFile()];
afterAll(() => {
  for (const place of places) place.remove();
});

let next = 0;
describeProcesses('several processes on one SQLite file', () => Promise.resolve({ kind: 'sqlite', file: places[next++]!.file }));
