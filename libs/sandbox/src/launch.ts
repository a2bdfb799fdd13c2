import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SandboxError } from './sandbox-error.ts';

/** How a sandbox process is started, before the operating system's walls are put around it. */
export interface Launch {
  readonly command: readonly string[];
  /** All that the process may read: files and folders, absolute, without symbolic links; some need not exist. */
  readonly readable: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const here = path.dirname(fileURLToPath(import.meta.url));

/**
 * The process runs the built file, also when the service itself runs from sources: `--jitless` has no WebAssembly, and
 * Node strips types with it.
 */
function builtFolder(): string {
  const segments = path.join('libs', 'sandbox', 'src');
  const folder = import.meta.url.endsWith('.ts') ? path.join(here, '..', '..', '..', 'dist', segments) : here;
  if (!existsSync(path.join(folder, 'process', 'main.js')))
    throw new SandboxError(`the sandbox process is not built: ${folder} is missing; run the build`);
  return realpathSync(folder);
}

/** `oldSpaceMegabytes` bounds the heap of the process itself; isolates have their own. */
export function describeLaunch(oldSpaceMegabytes = 96): Launch {
  const folder = builtFolder();
  const require = createRequire(import.meta.url);
  const addon = realpathSync(path.dirname(require.resolve('isolated-vm/package.json')));
  const modules = [
    addon,
    realpathSync(path.dirname(createRequire(path.join(addon, 'package.json')).resolve('node-gyp-build/package.json'))),
    realpathSync(path.dirname(require.resolve('acorn/package.json'))),
  ];
  const manifests = manifestsAbove(folder);
  // node-gyp-build asks which C library there is.
  const readable = [folder, ...modules, ...manifests, '/etc/alpine-release'];
  return {
    command: [
      process.execPath,
      // No executable memory, no WebAssembly; and no loop that outruns its interrupt.
      '--jitless',
      '--no-node-snapshot',
      '--disallow-code-generation-from-strings',
      '--disable-sigusr1',
      '--no-warnings',
      // Hardly anything survives a run; a young generation that doubles up to its default bound would only take memory.
      '--max-semi-space-size=2',
      `--max-old-space-size=${oldSpaceMegabytes}`,
      '--permission',
      '--allow-addons',
      ...readable.map((one) => `--allow-fs-read=${one}`),
      path.join(folder, 'process', 'main.js'),
    ],
    readable,
    environment: { TZ: 'UTC' },
  };
}

/** Node looks for the package a file belongs to in every folder above it. */
function manifestsAbove(folder: string): string[] {
  const found: string[] = [];
  for (let current = folder; ; current = path.dirname(current)) {
    const manifest = path.join(current, 'package.json');
    found.push(manifest);
    if (existsSync(manifest) || path.dirname(current) === current) return found;
  }
}
