// The service and the administrator's page, each built again on every change; the service starts again by it. Ends when one of them does.
import { join } from 'node:path';
import { nodeBinary } from './freshness.mjs';
import { openly, root } from './run.mjs';

const bin = (...path) => [nodeBinary(root), join(root, 'node_modules', ...path)];

process.exitCode = await Promise.race([
  openly([...bin('@nestjs', 'cli', 'bin', 'nest.js'), 'start', '--watch', '--entryFile', 'apps/cli/src/main', '--', 'start']),
  openly([
    ...bin('vite', 'bin', 'vite.js'),
    'build',
    'apps/admin-ui',
    '--config',
    'apps/admin-ui/vite.config.ts',
    '--watch',
    '--clearScreen',
    'false',
  ]),
]);
process.exit();
