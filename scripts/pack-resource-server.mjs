// Builds @tokenwright/resource-server into dist/packages/resource-server and packs it: npm publish takes the folder or the tarball.
// It has its own compilation, for Node 20 and with declarations, and brings libs/dpop along.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary } from './freshness.mjs';
import { npmCommand, outerPath, quietly, root } from './run.mjs';

const source = join(root, 'libs', 'resource-server');
const target = join(root, 'dist', 'packages', 'resource-server');

try {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  await quietly('Compiling', [
    nodeBinary(root),
    join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
    '-p',
    join(source, 'package', 'tsconfig.json'),
  ]);
  copyFileSync(join(source, 'package', 'package.json'), join(target, 'package.json'));
  copyFileSync(join(source, 'README.md'), join(target, 'README.md'));
  copyFileSync(join(root, 'LICENSE'), join(target, 'LICENSE'));
  const npm = npmCommand();
  if (npm === null) throw new Error('npm is missing; it comes with Node, see https://nodejs.org');
  await quietly('Packing', [...npm, 'pack', target, '--pack-destination', target], { env: { ...process.env, PATH: outerPath() } });
} catch (error) {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
