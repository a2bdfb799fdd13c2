// Makes a checkout ready to run: installs packages when some are missing and, with --build, builds when the build is old.
// Runs before npm start and npm test, on whatever Node the machine has. Only built-ins, since nothing may be installed yet.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BUILD_STAMP,
  buildReason,
  INSTALL_STAMP,
  installReason,
  lockDigest,
  nodeBinary,
  nodeProblem,
  pageBuildReason,
  pageFolder,
  pageSourcesDigest,
  sourcesDigest,
  staleOutputs,
} from './freshness.mjs';
import { exclusively } from './lock.mjs';
import { npmCommand, outerPath, quietly, root } from './run.mjs';

const PAGE = ['apps/admin-ui', '--config', 'apps/admin-ui/vite.config.ts'];
const build = process.argv.includes('--build');

try {
  const problem = nodeProblem(process.versions.node);
  if (problem !== null) throw new Error(problem);
  if (isNeeded())
    await exclusively(join(root, '.cache', 'setup.lock'), setUp, () => console.log('Another set-up is at work here; waiting for it ...'));
} catch (error) {
  console.error(`\nThe set-up failed: ${error.message}`);
  process.exitCode = 1;
}

function isNeeded() {
  return installReason(root) !== null || (build && (buildReason(root) !== null || pageBuildReason(root) !== null));
}

/** Looks again: while this one waited for the lock, another may have done it all. */
async function setUp() {
  const reason = installReason(root);
  if (reason !== null) await install(reason);
  const old = build ? buildReason(root) : null;
  if (old !== null) await compile(old);
  const oldPage = build ? pageBuildReason(root) : null;
  if (oldPage !== null) await buildPage(oldPage);
}

async function install(reason) {
  const npm = npmCommand();
  if (npm === null) throw new Error('npm is missing; it comes with Node, see https://nodejs.org');
  console.log(`Installing packages with npm ci: ${reason}.`);
  const env = { ...process.env, PATH: outerPath(), NODE_ENV: 'development' };
  await quietly('Installing packages', [...npm, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'], { env });
  const left = installReason(root);
  if (left !== null && left !== 'package-lock.json is newer than what is installed')
    throw new Error(`npm has finished, but ${left}. Does npm run the install scripts of packages? See: npm config get ignore-scripts`);
  writeFileSync(join(root, 'node_modules', INSTALL_STAMP), `${lockDigest(root)}\n`);
}

async function compile(reason) {
  console.log(`Building: ${reason}.`);
  const digest = sourcesDigest(root);
  // Without them the compiler writes everything, also what somebody has removed from dist.
  for (const file of [BUILD_STAMP, '.tsbuildinfo']) rmSync(join(root, 'dist', file), { force: true });
  await quietly('Building', [nodeBinary(root), join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build']);
  for (const file of staleOutputs(root)) rmSync(file, { force: true });
  writeFileSync(join(root, 'dist', BUILD_STAMP), `${digest}\n`);
}

async function buildPage(reason) {
  console.log(`Building the administrator's page: ${reason}.`);
  const digest = pageSourcesDigest(root);
  // Vite empties the folder first: a build that was interrupted has no stamp.
  await quietly("Building the administrator's page", [
    nodeBinary(root),
    join(root, 'node_modules', 'vite', 'bin', 'vite.js'),
    'build',
    ...PAGE,
  ]);
  writeFileSync(join(pageFolder(root), BUILD_STAMP), `${digest}\n`);
}
