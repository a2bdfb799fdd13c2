import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { describeGateway } from '../gateways/support/packages.ts';

const CHROMIUM = '/usr/bin/chromium';

/** Describes what people do in a real browser, Debian's Chromium; without it nothing is tested, and the reason is printed. */
export function describeInBrowser(name: string, tests: () => void): void {
  describeGateway(name, existsSync(CHROMIUM) ? [] : ['chromium'], tests);
}

export function openBrowser(): Promise<Browser> {
  // Root cannot have its sandbox, and the certificate is one that nobody has signed.
  return chromium.launch({ executablePath: CHROMIUM, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

/** Keeps a picture of the page, for people to look at: `SCREENSHOTS=folder npm test -- test/browser`. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** In axe's own build, as the text of a script. https://github.com/dequelabs/axe-core */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds against WCAG 2.2 level AA: rule and elements. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  return page.evaluate<string[]>(`axe
    .run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] })
    .then(({ violations }) => violations.flatMap(({ id, help, nodes }) => nodes.map((node) => id + ': ' + help + ' at ' + node.target + ' ' + node.html.slice(0, 160))))`);
}

/** For `evaluate`: by how many pixels a page is wider than its window. On telephones `innerWidth` grows with what does not fit. */
export const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/** For `evaluate`: texts whose contrast with what is behind them is less than 4.5 to 1. WCAG 2.2, 1.4.3. */
export const UNREADABLE = `(() => {
  const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = channels(color).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return channels(color)[3] === 0 && element.parentElement !== null ? ground(element.parentElement) : color;
  };
  return [...document.querySelectorAll('body *')].flatMap((element) => {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent.trim()).join('');
    if (text === '' && element.tagName !== 'INPUT') return [];
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(ground(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return contrast >= 4.5 ? [] : [\`\${element.tagName} \${contrast.toFixed(2)} \${text}\`];
  });
})()`;
