import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { admin, startService, type RunningService } from './running-service.ts';

const PASSWORD = 'correct horse battery staple';

/** A service with one profile, and people with accounts in it who come by Chromium. */
export class PeopleInBrowser {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tokenwright-browser-'));
  #running: { readonly service: RunningService; readonly browser: Browser } | null = null;
  #context: BrowserContext | null = null;
  #accounts = 0;

  constructor(
    private readonly profile: string,
    private readonly configuration: string,
  ) {}

  async start(): Promise<void> {
    const configFile = join(this.#folder, 'tokenwright.yaml');
    writeFileSync(configFile, this.configuration);
    this.#running = { service: await startService({ configFile }), browser: await openBrowser() };
  }

  async stop(): Promise<void> {
    await this.#parts.browser.close();
    await this.#parts.service.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get service(): RunningService {
    return this.#parts.service;
  }

  /** A page in a context of its own, which `leave` closes. */
  async open(options: BrowserContextOptions = {}): Promise<Page> {
    this.#context = await this.#parts.browser.newContext({ ignoreHTTPSErrors: true, locale: 'en-GB', ...options });
    return this.#context.newPage();
  }

  async leave(): Promise<void> {
    await this.#context?.close();
  }

  /** Makes an account; answers its username. */
  async account(): Promise<string> {
    const username = `person-${++this.#accounts}`;
    const made = await admin(this.service, 'POST', `/profiles/${this.profile}/accounts`, { username, password: PASSWORD });
    if (made.status !== 201) throw new Error(`no account was made: ${made.status} ${await made.text()}`);
    return username;
  }

  async signIn(page: Page, username: string): Promise<void> {
    await page.fill('#username', username);
    await page.fill('#password', PASSWORD);
    await page.click('button.main');
  }

  get #parts(): { readonly service: RunningService; readonly browser: Browser } {
    if (this.#running === null) throw new Error('it was not started');
    return this.#running;
  }
}
