import { isIP, isIPv4 } from 'node:net';
import { resolve } from 'node:path';
import { DEFAULT_LIMITS, parseHostPattern, type SandboxLimits } from '#libs/oauth';
import type { Settings } from '#apps/token-service';
import { UsageError } from './command-error.ts';
import { SETTING_OPTIONS, type FlagValues, type SettingName } from './setting-options.ts';

const CERTIFICATE_HEADERS = ['client-cert', 'x-ssl-client-cert'] as const;

/** Reads values and gathers what is wrong with them. */
export class SettingValues {
  readonly #problems: string[] = [];

  constructor(
    private readonly flags: FlagValues,
    private readonly env: Readonly<Record<string, string | undefined>>,
  ) {}

  finish(): void {
    if (this.#problems.length > 0) throw new UsageError(this.#problems.join('\n'));
  }

  refuse(name: SettingName, message: string): void {
    const { flag, env } = SETTING_OPTIONS[name];
    this.#problems.push(`${this.flags[name] === undefined && this.#fromEnv(env) !== undefined ? env : flag}: ${message}`);
  }

  oneOf<const T extends string>(name: SettingName, allowed: readonly T[], usual: T): T {
    const text = this.#text(name);
    if (text === undefined) return usual;
    const found = allowed.find((value) => value === text);
    if (found === undefined) this.refuse(name, `must be one of ${allowed.join(', ')}, not "${text}"`);
    return found ?? usual;
  }

  header(name: SettingName): Settings['proxyClientCertificate'] {
    return this.#text(name) === undefined ? null : this.oneOf(name, CERTIFICATE_HEADERS, CERTIFICATE_HEADERS[0]);
  }

  port(name: SettingName, usual: number): number {
    const text = this.#text(name);
    if (text === undefined) return usual;
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
    this.refuse(name, `must be a port from 0 to 65535, not "${text}"`);
    return usual;
  }

  address(name: SettingName): string {
    const text = this.#text(name) ?? '127.0.0.1';
    if (isIP(text) === 0 && !/^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(text))
      this.refuse(name, `must be an IP address or a host name, not "${text}"`);
    return text;
  }

  path(name: SettingName): string | null {
    const text = this.#text(name);
    return text === undefined ? null : resolve(text);
  }

  baseUrl(name: SettingName): string | null {
    const text = this.#text(name);
    if (text === undefined) return null;
    const url = URL.canParse(text) ? new URL(text) : null;
    const plain =
      url !== null &&
      (url.protocol === 'https:' || url.protocol === 'http:') &&
      url.search === '' &&
      url.hash === '' &&
      url.username === '' &&
      url.password === '' &&
      !/[?#]/.test(text);
    if (!plain) this.refuse(name, `must be an http or https URL without user, query and fragment, such as https://login.example.com`);
    return text.replace(/\/+$/, '');
  }

  /** A database URL may hold a password: it is never shown. */
  databaseUrl(name: SettingName): string | null {
    const text = this.#text(name);
    if (text === undefined) return null;
    if (!URL.canParse(text) || !/^postgres(ql)?:$/.test(new URL(text).protocol))
      this.refuse(name, 'must be a URL such as postgres://user:password@host:5432/database');
    return text;
  }

  seconds(name: SettingName, usual: number, most: number): number {
    const text = this.#text(name);
    if (text === undefined) return usual;
    if (/^\d{1,9}$/.test(text) && Number(text) >= 60 && Number(text) <= most) return Number(text);
    this.refuse(name, `must be 60 to ${most} seconds, not "${text}"`);
    return usual;
  }

  text(name: SettingName): string | null {
    return this.#text(name) ?? null;
  }

  hosts(name: SettingName): readonly string[] {
    const hosts = this.#texts(name);
    for (const host of hosts) {
      const parsed = parseHostPattern(host);
      if (typeof parsed === 'string') this.refuse(name, parsed);
    }
    return hosts;
  }

  role(name: SettingName): string {
    const text = this.#text(name) ?? 'default';
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text))
      this.refuse(name, 'must start with a letter or digit and have at most 128 letters, digits, ".", "_" and "-"');
    return text;
  }

  limits(name: SettingName): Partial<SandboxLimits> {
    const limits: Record<string, number> = {};
    for (const text of this.#texts(name)) {
      const [, limit = '', value = ''] = /^([A-Za-z]+)=(\d{1,10})$/.exec(text) ?? [];
      if (!Object.hasOwn(DEFAULT_LIMITS, limit))
        this.refuse(name, `must be NAME=N with a name out of ${Object.keys(DEFAULT_LIMITS).join(', ')}, not "${text}"`);
      else if (Number(value) < 1) this.refuse(name, `${limit} must be at least 1`);
      else limits[limit] = Number(value);
    }
    return limits;
  }

  networks(name: SettingName): readonly string[] {
    const networks = this.#texts(name);
    for (const text of networks) {
      const [address = '', bits] = text.split('/');
      const valid = isIP(address) !== 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(address) ? 32 : 128)));
      if (!valid) this.refuse(name, `must be an IP address or a network such as 10.0.0.0/8, not "${text}"`);
    }
    return networks;
  }

  flag(name: SettingName): boolean {
    if (this.flags[name] === true) return true;
    const text = this.#text(name)?.toLowerCase();
    if (text === undefined || ['0', 'false', 'no', 'off'].includes(text)) return false;
    if (!['1', 'true', 'yes', 'on'].includes(text)) this.refuse(name, `must be true or false, not "${text}"`);
    return true;
  }

  /** From the environment alone, and never shown: command lines are visible to others. */
  secret(env: string, form: RegExp, message: string): string | null {
    const text = this.#fromEnv(env);
    if (text === undefined) return null;
    if (!form.test(text)) this.#problems.push(`${env}: ${message}`);
    return text;
  }

  #texts(name: SettingName): readonly string[] {
    const value = this.flags[name];
    if (typeof value === 'object') return value;
    const text = this.#text(name);
    return text === undefined
      ? []
      : text
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== '');
  }

  #text(name: SettingName): string | undefined {
    const value = this.flags[name];
    if (typeof value === 'string') {
      if (value === '') this.refuse(name, 'must not be empty');
      return value;
    }
    return this.#fromEnv(SETTING_OPTIONS[name].env);
  }

  /** An empty variable counts as none. */
  #fromEnv(env: string): string | undefined {
    const text = this.env[env];
    return text === undefined || text === '' ? undefined : text;
  }
}
