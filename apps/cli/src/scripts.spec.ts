import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Freshness {
  readonly nodeProblem: (version: string) => string | null;
  readonly installReason: (root: string) => string | null;
  readonly buildReason: (root: string) => string | null;
  readonly sourcesDigest: (root: string) => string;
  readonly lockDigest: (root: string) => string;
  readonly pageBuildReason: (root: string) => string | null;
  readonly pageSourcesDigest: (root: string) => string;
  readonly staleOutputs: (root: string) => string[];
  readonly nodeBinary: (root: string) => string;
  readonly INSTALL_STAMP: string;
  readonly BUILD_STAMP: string;
}
interface Lock {
  readonly exclusively: <T>(file: string, work: () => Promise<T>, onWait?: () => void, abandonedAfter?: number) => Promise<T>;
}
interface Steps {
  readonly countsOf: (result: unknown, exitedWell: boolean) => { passed: number; failed: number };
}
interface Run {
  readonly root: string;
  readonly outerPath: (path: string) => string;
}

/** The scripts run before anything is installed, so they are plain modules beside the product, not part of it. */
const script = async <T>(name: string): Promise<T> =>
  (await import(pathToFileURL(join(import.meta.dirname, '..', '..', '..', 'scripts', name)).href)) as T;

const freshness = await script<Freshness>('freshness.mjs');
const { exclusively } = await script<Lock>('lock.mjs');
const { countsOf } = await script<Steps>('steps.mjs');
const { outerPath, root: checkout } = await script<Run>('run.mjs');

let root: string;
const write = (path: string, text = '') => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tokenwright-setup-'));
  write('package-lock.json', '{}');
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('whether packages must be installed', () => {
  test('an old Node is told what is needed', () => {
    expect(freshness.nodeProblem('18.19.0')).toMatch(/^Node 20 or later is needed, and this is Node 18/);
    expect(freshness.nodeProblem('20.0.0')).toBeNull();
  });

  test('nothing, half an installation and a changed lock are reasons; the noted lock is none', () => {
    expect(freshness.installReason(root)).toBe('nothing is installed yet');
    mkdirSync(join(root, 'node_modules'));
    expect(freshness.installReason(root)).toBe('the last installation did not finish');
    write('node_modules/.package-lock.json');
    expect(freshness.installReason(root)).toBe('the Node that the service runs on is missing');
    write(freshness.nodeBinary('.'));
    write(join('node_modules', freshness.INSTALL_STAMP), freshness.lockDigest(root));
    expect(freshness.installReason(root)).toBeNull();
    write('package-lock.json', '{ }');
    expect(freshness.installReason(root)).toBe('package-lock.json has changed');
  });

  test('an installation that somebody made by hand counts by its time', () => {
    write('node_modules/.package-lock.json');
    write(freshness.nodeBinary('.'));
    expect(freshness.installReason(root)).toBeNull();
    utimesSync(join(root, 'package-lock.json'), new Date(), new Date(Date.now() + 60_000));
    expect(freshness.installReason(root)).toBe('package-lock.json is newer than what is installed');
  });
});

describe('whether the product must be built', () => {
  const built = () => write(join('dist', freshness.BUILD_STAMP), freshness.sourcesDigest(root));

  test('a missing build and every change of the sources are reasons, specs are none', () => {
    write('apps/cli/src/main.ts');
    expect(freshness.buildReason(root)).toBe('nothing is built yet');
    write('dist/apps/cli/src/main.js');
    expect(freshness.buildReason(root)).toBe('nobody noted what the build was made of');
    built();
    expect(freshness.buildReason(root)).toBeNull();
    write('apps/cli/src/main.spec.ts');
    write('libs/oauth/src/testing/builder.ts');
    expect(freshness.buildReason(root)).toBeNull();
    write('libs/oauth/src/new.ts');
    expect(freshness.buildReason(root)).toBe('the sources have changed');
    built();
    rmSync(join(root, 'libs/oauth/src/new.ts'));
    expect(freshness.buildReason(root)).toBe('the sources have changed');
  });

  test('only outputs whose source is gone are stale', () => {
    write('apps/cli/src/main.ts');
    for (const file of [
      'dist/apps/cli/src/main.js',
      'dist/apps/cli/src/main.js.map',
      'dist/apps/gone.js',
      'dist/libs/x/gone.js.map',
      'dist/libs/x/data.json',
      'dist/apps/admin-ui/assets/index-1.js',
      'dist/other.js',
    ])
      write(file);
    expect(freshness.staleOutputs(root).sort()).toEqual([join(root, 'dist/apps/gone.js'), join(root, 'dist/libs/x/gone.js.map')]);
  });
});

describe("whether the administrator's page must be built", () => {
  const built = () => write(join('dist/apps/admin-ui', freshness.BUILD_STAMP), `${freshness.pageSourcesDigest(root)}\n`);

  test('nothing, a build that was interrupted and changed sources or types of procedures are reasons', () => {
    expect(freshness.pageBuildReason(root)).toBe('it is not built yet');
    write('dist/apps/admin-ui/index.html');
    expect(freshness.pageBuildReason(root)).toBe('nobody noted what it was made of');
    for (const file of ['apps/admin-ui/src/main.tsx', 'apps/admin-ui/src/styles/base.css', 'procedures/types/flows.d.ts']) {
      built();
      expect(freshness.pageBuildReason(root)).toBeNull();
      write(file);
      expect(freshness.pageBuildReason(root)).toBe('its sources have changed');
    }
  });

  test('what only the rest of the product is made of is none, and the page is none to the rest', () => {
    write('dist/apps/admin-ui/index.html');
    write('dist/apps/cli/src/main.js');
    built();
    write('apps/admin-api/src/new.ts');
    write('apps/admin-ui/README.md');
    expect(freshness.pageBuildReason(root)).toBeNull();
    write(join('dist', freshness.BUILD_STAMP), `${freshness.sourcesDigest(root)}\n`);
    write('apps/admin-ui/src/new.ts');
    expect(freshness.buildReason(root)).toBeNull();
  });
});

describe('the lock', () => {
  test('lets one work at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside--;
    };
    await Promise.all(Array.from({ length: 4 }, () => exclusively(join(root, '.cache', 'lock'), work)));
    expect(most).toBe(1);
    expect(existsSync(join(root, '.cache', 'lock'))).toBe(false);
  });

  test('of a holder that was killed is broken after a while', async () => {
    write('lock', 'dead');
    utimesSync(join(root, 'lock'), new Date(0), new Date(0));
    let waited = false;
    expect(
      await exclusively(
        join(root, 'lock'),
        () => Promise.resolve('done'),
        () => (waited = true),
      ),
    ).toBe('done');
    expect(waited).toBe(true);
  });

  test('is given back when the work fails', async () => {
    await expect(exclusively(join(root, 'lock'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(join(root, 'lock'))).toBe(false);
  });
});

describe('running and counting', () => {
  test('npm is looked for outside of the checkout, whose Node it may be about to replace', () => {
    expect(outerPath(['/usr/bin', join(checkout, 'node_modules', '.bin'), '/bin'].join(delimiter))).toBe(`/usr/bin${delimiter}/bin`);
  });

  test('a suite that could not run and a run without a result count as failures', () => {
    const result = { numPassedTests: 5, numFailedTests: 1, numRuntimeErrorTestSuites: 2, success: false };
    expect(countsOf(result, false)).toEqual({ passed: 5, failed: 3 });
    expect(countsOf({ ...result, numFailedTests: 0, numRuntimeErrorTestSuites: 0, success: true }, true)).toEqual({ passed: 5, failed: 0 });
    expect(countsOf({ ...result, numFailedTests: 0, numRuntimeErrorTestSuites: 0, success: true }, false)).toEqual({
      passed: 5,
      failed: 1,
    });
    expect(countsOf(null, false)).toEqual({ passed: 0, failed: 1 });
  });
});
