import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Less than this is not worth a second file. */
const LEAST_BYTES = 1024;
/** Above this the best compression takes seconds for little. */
const LARGE_BYTES = 1_000_000;

/** Writes `.br` and `.gz` beside every asset that gets smaller by it, so that the server compresses nothing while it serves. */
export function precompressed(): Plugin {
  let folder = '';
  let watching = false;
  return {
    name: 'precompressed',
    apply: 'build',
    configResolved: ({ build }) => {
      folder = join(build.outDir, build.assetsDir);
      watching = build.watch !== null;
    },
    closeBundle() {
      if (watching) return;
      for (const name of readdirSync(folder)) {
        const file = join(folder, name);
        if (!/\.(js|css|svg|json)$/.test(name) || statSync(file).size < LEAST_BYTES) continue;
        const content = readFileSync(file);
        const quality = content.length > LARGE_BYTES ? 6 : constants.BROTLI_MAX_QUALITY;
        writeFileSync(`${file}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }));
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}
