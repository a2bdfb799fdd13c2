import { join } from 'node:path';
import { defineConfig } from 'vite';
import { precompressed } from './build/precompressed.ts';
import { themeBeforePaint } from './build/theme-before-paint.ts';

/** What the server replaces in `index.html` by the nonce of each answer. `apps/admin-api/src/page.ts` knows it too. */
const NONCE_PLACEHOLDER = '__CSP_NONCE__';

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  // Vite writes it into <meta property="csp-nonce">, where `cspNonce()` of the page reads it.
  html: { cspNonce: NONCE_PLACEHOLDER },
  plugins: [themeBeforePaint(), precompressed()],
  worker: { format: 'es' },
  build: {
    outDir: join(import.meta.dirname, '../../dist/apps/admin-ui'),
    emptyOutDir: true,
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    // It would be a script of its own, and every browser that the page is for can do it.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 4000,
  },
  server: {
    // `npx vite apps/admin-ui` while the service runs: the page from here, the API from there.
    proxy: { '/admin': { target: 'https://localhost:6749', secure: false } },
  },
});
