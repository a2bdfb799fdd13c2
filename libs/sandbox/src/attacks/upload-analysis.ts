import { attack, refused, type Family } from './attack.ts';

const REST = 'function result() { return {}; }';

/** The check at upload, and the wrapper around the text. */
export const UPLOAD_ANALYSIS: Family = {
  name: 'upload analysis',
  attacks: [
    attack(
      'a name that means something to the wrapper',
      `var result2 = 1, evaluate = 2, locals = 3, script = 4; return unless(result2 + evaluate + locals + script === 10, 'names');`,
    ),
    attack(
      'a string that looks like the end of the wrapper',
      `var text = '});})();return globalThis;//'; return unless(text.length > 0, 'text');`,
    ),
    attack(
      'a comment that looks like a source map',
      `//# sourceMappingURL=file:///etc/passwd\n//# sourceURL=realm.js\n return unless(!/realm/.test(tried(function () { null.x; }).stack), 'renamed');`,
    ),
    attack('a directive within a function', `return (function () { 'use sloppy'; return unless(this === undefined, 'sloppy'); })();`),
  ],
  refused: [
    refused('the end of the wrapper', `${REST} }); (function () { return function () {`, 'syntax'),
    refused('the end of the wrapper and more', `${REST} }; }); globalThis.x = 1; (function () { return function () {`, 'syntax'),
    refused('a comment that is not closed', `${REST} /* open`, 'syntax'),
    refused('a template that is not closed', `${REST} \`open`, 'syntax'),
    refused('a string that is not closed', `${REST} "open`, 'syntax'),
    refused('a block that is closed first', `} ${REST} {`, 'syntax'),
    refused('a return at the top', `return; ${REST}`, 'syntax'),
    refused('new.target at the top', `${REST} new.target`, 'syntax'),
    refused('super', `function result() { return super.x; }`, 'syntax'),
    refused('a private name of nobody', `function result(x) { return x.#raw; }`, 'syntax'),
    refused('a hashbang', `#!/usr/bin/env node\n${REST}`, 'syntax'),
    refused('yield as a name', `yield = 1; ${REST}`, 'syntax'),
    refused('import', `import fs from 'fs'; ${REST}`),
    refused('import.meta', `${REST} import.meta.url;`),
    refused('export', `export ${REST}`),
    refused('a decorator', `@logger class A {} ${REST}`, 'syntax'),
    refused('a delete of a name', `var x; delete x; ${REST}`, 'syntax'),
    refused('two parameters of one name', `function f(a, a) {} ${REST}`, 'syntax'),
    refused('an octal escape', `var x = '\\07'; ${REST}`, 'syntax'),
    refused('eval as a name', `var eval = 1; ${REST}`, 'syntax'),
    refused('no result', `function other() { return 'results'; }`, 'no-result'),
    refused('nesting without end', `var x = ${'['.repeat(60_000)}${']'.repeat(60_000)}; ${REST}`, 'syntax'),
    refused('operators without end', `var x = ${'1+'.repeat(60_000)}1; ${REST}`, 'syntax'),
    refused(
      'names read within a thousand blocks',
      `var x; ${'{'.repeat(1000)}${'x;'.repeat(100_000)}${'}'.repeat(1000)} ${REST}`,
      'syntax',
    ),
    refused(
      'names read within a thousand functions',
      `${'function f(){'.repeat(1000)}${'x;'.repeat(100_000)}${'}'.repeat(1000)} ${REST}`,
      'syntax',
    ),
    refused('a source that is too large', `${REST}//${'x'.repeat(300_000)}`, 'too-large'),
  ],
};
