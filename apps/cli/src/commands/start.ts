import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { RunningNode, Settings } from '#apps/token-service';
import { CommandError } from '../command-error.ts';
import { several } from '../flags.ts';
import { SETTING_OPTIONS, settingsOf, type FlagValues } from '../settings.ts';
import type { Terminal } from '../terminal.ts';
import { tutorial } from '../tutorial.ts';

/** How long work under way may take to finish when the process is asked to end. Milliseconds. */
const LONGEST_DRAIN = 30_000;
/** A terminal sends a signal to launcher and service alike, and the launcher sends it on: that is one signal. Milliseconds. */
const SAME_SIGNAL = 1000;

/** `start`: runs the token service and the admin API until a signal ends them. */
export function startCommand(terminal: Terminal): Command {
  const command = new Command('start').description('Run the token service and the admin API').usage('[options]');
  for (const { flag, env, help, ...rest } of Object.values(SETTING_OPTIONS)) {
    const value = 'value' in rest ? ` <${rest.value}>` : '';
    const option = new Option(`${flag}${value}`, `${help} [${env}]`);
    if (flag === '--sandbox-limit' || flag === '--trust-proxy' || flag === '--admin-login-host') option.argParser(several);
    command.addOption(option);
  }
  return command
    .addHelpText(
      'after',
      `
In brackets: the environment variable that says the same; a flag wins over it. Only by environment:
  TOKENWRIGHT_ADMIN_TOKEN       token of the first administrator (default: one is made, see admin-token in the data directory)
  TOKENWRIGHT_ENCRYPTION_KEY    32 bytes in base64url that seal signing keys (default: a file in the data directory)

Examples:
  tokenwright start
  tokenwright start --config tokenwright.yaml --port 443 --host 0.0.0.0 --tls files --tls-cert chain.pem --tls-key key.pem
  TOKENWRIGHT_DATABASE_URL=postgres://... tokenwright start --tls off --base-url https://login.example.com`,
    )
    .action(async (flags: FlagValues) => {
      const settings = settingsOf(flags, terminal.env);
      const { startNode } = await import('#apps/token-service');
      const node = await startNode(settings);
      terminal.out(await welcome(settings, node));
      await untilSignal(node, terminal);
    });
}

/** Where it listens and, on the demo configuration, what to try. */
async function welcome(settings: Settings, node: RunningNode): Promise<string> {
  const { adminTokenFile, packageRoot } = await import('#apps/token-service');
  const tokenFile = settings.adminToken === null ? adminTokenFile(settings.dataDir) : null;
  const { level, missing } = node.isolation;
  const lines = [
    '',
    'Tokenwright is running.',
    `  Token service  ${node.url}`,
    ...node.issuers.map(({ profile, issuer }) => `    issuer       ${issuer} (${profile})`),
    `  Admin API      ${node.adminUrl}`,
    `    token        ${tokenFile ?? 'TOKENWRIGHT_ADMIN_TOKEN'}`,
    `  Admin page     ${settings.adminBaseUrl ?? node.adminUrl}/ in a browser`,
    `    sign in      ${signIn(settings, tokenFile)}`,
    ...(node.certFile === null ? [] : [`  Certificate    ${node.certFile}`]),
    `  Sandbox        isolation ${level}${missing.length === 0 ? '' : ` (without ${missing.join(', ')})`}`,
    '',
  ];
  const isDemo = settings.configFile === null && node.issuers.some(({ profile }) => profile === 'token-service');
  if (!isDemo || tokenFile === null) return `${lines.join('\n')}\n`;
  const text = tutorial({
    url: node.url,
    adminUrl: node.adminUrl,
    certFile: settings.tls.mode === 'self-signed' ? node.certFile : null,
    adminTokenFile: tokenFile,
    exampleFile: join(packageRoot, 'procedures', 'examples', 'phantom-token.js'),
    workingDirectory: process.cwd(),
  });
  return `${lines.join('\n')}\n${text}\n`;
}

/** By what administrators sign in to the page; never the token itself. */
function signIn({ adminLogin }: Settings, tokenFile: string | null): string {
  const token = tokenFile === null ? 'with the token of TOKENWRIGHT_ADMIN_TOKEN' : `with the token that is in ${tokenFile}`;
  return adminLogin === null ? token : `${token}, or by ${adminLogin.issuer}`;
}

/** Ends when a signal has come and what was under way is done. */
function untilSignal(node: RunningNode, terminal: Terminal): Promise<void> {
  return new Promise((resolve, reject) => {
    let asked: number | undefined;
    const end = (signal: NodeJS.Signals) => {
      if (asked !== undefined) {
        if (Date.now() - asked < SAME_SIGNAL) return;
        terminal.err(`tokenwright: ${signal} again: ending at once\n`);
        process.exit(1);
      }
      asked = Date.now();
      setTimeout(
        () => reject(new CommandError(`work under way did not end within ${LONGEST_DRAIN / 1000} seconds`)),
        LONGEST_DRAIN,
      ).unref();
      node.close().then(resolve, reject);
    };
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
  });
}
