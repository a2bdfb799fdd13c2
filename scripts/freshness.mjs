// What tells whether packages and build are as new as what they are made of. Only built-ins; runs on Node 20.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The least Node that runs the set-up. The product brings its own. */
export const REQUIRED_NODE = 20;

/** Why this Node cannot run the set-up, or null. */
export function nodeProblem(version) {
  const major = Number(version.split('.')[0]);
  return major >= REQUIRED_NODE
    ? null
    : `Node ${REQUIRED_NODE} or later is needed, and this is Node ${version}. Get one from https://nodejs.org`;
}

/** Why packages must be installed, or null when they are as the lock says. */
export function installReason(root) {
  const modules = join(root, 'node_modules');
  if (!existsSync(modules)) return 'nothing is installed yet';
  // npm writes this one last: without it an installation was interrupted.
  const installed = join(modules, '.package-lock.json');
  if (!existsSync(installed)) return 'the last installation did not finish';
  if (!existsSync(nodeBinary(root))) return 'the Node that the service runs on is missing';
  const stamp = readIfThere(join(modules, INSTALL_STAMP));
  if (stamp === lockDigest(root)) return null;
  if (stamp !== null) return 'package-lock.json has changed';
  return statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
    ? null
    : 'package-lock.json is newer than what is installed';
}

/** In node_modules: the digest of the lock it was installed from. */
export const INSTALL_STAMP = '.tokenwright-lock';

/** In dist, and in dist of the administrator's page: the digest of the sources it was built from. */
export const BUILD_STAMP = '.tokenwright-sources';

export function lockDigest(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/** Node as the service runs on it. */
export function nodeBinary(root) {
  return join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** Why the product must be built, or null when the build is as new as its sources. */
export function buildReason(root) {
  if (!existsSync(join(root, 'dist', 'apps', 'cli', 'src', 'main.js'))) return 'nothing is built yet';
  const stamp = readIfThere(join(root, 'dist', BUILD_STAMP));
  if (stamp === null) return 'nobody noted what the build was made of';
  return stamp === sourcesDigest(root) ? null : 'the sources have changed';
}

/** Why the administrator's page must be built, or null when it is as new as its sources. */
export function pageBuildReason(root) {
  const folder = pageFolder(root);
  if (!existsSync(join(folder, 'index.html'))) return 'it is not built yet';
  const stamp = readIfThere(join(folder, BUILD_STAMP));
  if (stamp === null) return 'nobody noted what it was made of';
  return stamp === pageSourcesDigest(root) ? null : 'its sources have changed';
}

/** Where the administrator's page is built to. */
export function pageFolder(root) {
  return join(root, 'dist', 'apps', 'admin-ui');
}

/** Changes when a source is added, removed, renamed or written. */
export function sourcesDigest(root) {
  return digestOf(root, sources(root));
}

/** The same of the administrator's page. */
export function pageSourcesDigest(root) {
  return digestOf(root, pageSources(root));
}

function digestOf(root, files) {
  const digest = createHash('sha256');
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    digest.update(`${relative(root, file)}\0${size}\0${mtimeMs}\n`);
  }
  return digest.update(readIfThere(join(root, 'node_modules', INSTALL_STAMP)) ?? '').digest('hex');
}

/** Everything that the build of the administrator's page reads: of the rest of the product it has types alone, and those of procedures. */
function pageSources(root) {
  const settings = ['package.json', 'tsconfig.json'].map((file) => join(root, file)).filter((file) => existsSync(file));
  const files = [
    join('apps', 'admin-ui'),
    join('libs', 'procedure-check'),
    join('procedures', 'types'),
    join('procedures', 'examples'),
  ].flatMap((folder) => filesIn(join(root, folder)));
  return [...settings, ...files.filter((file) => !/\.(md|spec\.tsx?)$/.test(file))].sort();
}

/** Everything that a build reads, in a fixed order. */
export function sources(root) {
  const settings = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json']
    .map((file) => join(root, file))
    .filter((file) => existsSync(file));
  const files = ['apps', 'libs'].flatMap((folder) => filesIn(join(root, folder))).filter((file) => isSource(relative(root, file)));
  return [...settings, ...files].sort();
}

/** As tsconfig.build.json says: neither specs nor what they are made with. */
function isSource(path) {
  const folders = path.split(sep);
  return (
    path.endsWith('.ts') &&
    !path.endsWith('.spec.ts') &&
    !folders.includes('node_modules') &&
    !folders.includes('testing') &&
    !path.startsWith(join('apps', 'admin-ui') + sep)
  );
}

/** Files in dist that were made of what is no source any more: nothing else is ever named. */
export function staleOutputs(root) {
  const built = new Set(sources(root));
  const page = pageFolder(root) + sep;
  const outputs = ['apps', 'libs'].flatMap((folder) => filesIn(join(root, 'dist', folder))).filter((file) => !file.startsWith(page));
  return outputs.filter((file) => {
    const [, stem] = /^(.*)\.(?:js|js\.map|d\.ts)$/.exec(relative(join(root, 'dist'), file)) ?? [];
    return stem !== undefined && !built.has(join(root, `${stem}.ts`));
  });
}

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}
