import { hash } from 'node:crypto';
import type { Plugin } from 'vite';

/** Puts the chosen theme on the document; `src/shell/theme.ts` stores it under the same name. */
const SOURCE = `try{const t=localStorage.getItem('tokenwright-theme');if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch{}\n`;

/** A script that runs before anything is painted, so that a dark page does not begin white. A file of its own: inline scripts are forbidden. */
export function themeBeforePaint(): Plugin {
  const fileName = `assets/theme-${hash('sha256', SOURCE, 'base64url').slice(0, 8)}.js`;
  return {
    name: 'theme-before-paint',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName, source: SOURCE });
    },
    transformIndexHtml: () => [{ tag: 'script', attrs: { src: `/${fileName}` }, injectTo: 'head' }],
  };
}
