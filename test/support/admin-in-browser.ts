import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { Settings } from '#apps/token-service';
import { axeFindings, openBrowser, OVERFLOW, picture } from './browser.ts';
import { startService, type RunningService } from './running-service.ts';

/** How an administrator looks at the page. */
export const LOOKS = {
  desktop: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  'desktop-dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light', hasTouch: true, isMobile: true },
  'phone-dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true, isMobile: true },
} as const satisfies Record<string, BrowserContextOptions>;
export type Look = keyof typeof LOOKS;

/** What a browser writes to its console of answers that the page expects: 401 before the sign-in, and refusals and outages that it shows. */
const REFUSAL = /^Failed to load resource: the server responded with a status of (?:4\d\d|503)/;

/** The product with the administrator's page as it was built, and Chromium to look at it. It needs a current build of the page. */
export class AdminInBrowser {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tokenwright-admin-'));
  #running: { readonly service: RunningService; readonly browser: Browser } | null = null;
  #context: BrowserContext | null = null;
  #complaints: string[] = [];

  /** @param configuration a configuration file; without it the product has its demo
   *  @param settings what else is other than in specs */
  constructor(
    private readonly configuration: string | null = null,
    private readonly settings: Partial<Settings> = {},
  ) {}

  async start(): Promise<void> {
    const configFile = join(this.#folder, 'tokenwright.yaml');
    if (this.configuration !== null) writeFileSync(configFile, this.configuration);
    const service = await startService({
      adminHost: 'localhost',
      ...this.settings,
      ...(this.configuration === null ? {} : { configFile }),
    });
    this.#running = { service, browser: await openBrowser() };
  }

  async stop(): Promise<void> {
    await this.#parts.browser.close();
    await this.#parts.service.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get service(): RunningService {
    return this.#parts.service;
  }

  /** A page in a context of its own, which `leave` closes, at an address of the administrator's page. Nobody is signed in. */
  async open(path = '/', look: Look = 'desktop', options: BrowserContextOptions = {}): Promise<Page> {
    this.#complaints = [];
    this.#context = await this.#parts.browser.newContext({
      locale: 'en-GB',
      timezoneId: 'UTC',
      baseURL: this.service.adminUrl,
      reducedMotion: 'reduce',
      ...LOOKS[look],
      ...options,
    });
    const page = await this.#context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' && !REFUSAL.test(message.text())) this.#complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.#complaints.push(`${error.name}: ${error.message}`));
    await page.goto(path);
    return page;
  }

  /** The same, with the first administrator signed in. */
  async openSignedIn(path = '/', look: Look = 'desktop', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.open(path, look, options);
    await this.signIn(page);
    return page;
  }

  /** Signs in by a token, by default that of the first administrator, and waits for the page that comes. */
  async signIn(page: Page, token = this.service.adminToken): Promise<void> {
    await page.getByLabel('Administrator token').fill(token);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.locator('.page-header h1').waitFor();
  }

  /** Forgets the complaints that the test has provoked. */
  forgive(provoked: RegExp): void {
    this.#complaints = this.#complaints.filter((complaint) => !provoked.test(complaint));
  }

  /** Closes the context. @throws when the console had an error or the policy was violated meanwhile */
  async leave(): Promise<void> {
    await this.#context?.close();
    this.#context = null;
    expect(this.#complaints).toEqual([]);
  }

  /**
   * Holds what is shown against WCAG 2.2 level AA by axe, against scrolling sideways, and keeps a picture of it.
   *
   * @param name of the picture; it is kept with `SCREENSHOTS=folder`
   */
  async looksRight(page: Page, name: string): Promise<void> {
    await picture(page, name);
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.evaluate<number>(OVERFLOW)).toBeLessThanOrEqual(0);
  }

  get #parts(): { readonly service: RunningService; readonly browser: Browser } {
    if (this.#running === null) throw new Error('it was not started');
    return this.#running;
  }
}
