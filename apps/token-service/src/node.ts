import { createServer } from 'node:net';
import { join } from 'node:path';
import { hostname } from 'node:os';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { createAdminApi } from '#apps/admin-api';
import {
  DynamicClients,
  Interactions,
  LiveConfiguration,
  OAuthService,
  preludeSource,
  ProcedureDryRunner,
  StoreError,
  DEFAULT_LIMITS,
  type HostServices,
  type KeySealer,
  type Sandbox,
  type Stores,
  type UpstreamClient,
} from '#libs/oauth';
import { Executions, NodeExecutions } from '#libs/executions';
import { openHostServices } from '#libs/host-services';
import { openStores } from '#libs/persistence';
import { ProcedureCompiler, readDeclarations, type Declarations } from '#libs/procedure-check';
import { StoredSampleRunner } from '#libs/procedure-testing';
import { openSandbox, SandboxError } from '#libs/sandbox';
import { adminLogin } from './admin-login.ts';
import { bootstrapAdministrator } from './administrator.ts';
import { applyAtStart } from './apply-at-start.ts';
import { tlsMaterial, type TlsMaterial } from './certificate.ts';
import { ClientCertificates } from './client-certificates.ts';
import { warnOfConfiguration } from './configuration-warnings.ts';
import { databaseFile, keySealer, openDataDirectory } from './data-directory.ts';
import { defaultProcedures } from './default-procedures.ts';
import { makeDemoAccount } from './demo-account.ts';
import { guardDemoSecrets, isLoopback } from './demo-guard.ts';
import { executionLog, openLog } from './log.ts';
import { Metrics } from './metrics/metrics.ts';
import { packageRoot, packageVersion } from './package-root.ts';
import { Readiness } from './readiness.ts';
import type { Settings } from './settings.ts';
import { SnapshotKeeper } from './snapshot-keeper.ts';
import { startCleanUp } from './clean-up.ts';
import { StartError } from './start-error.ts';
import { createTokenService } from './token-service.module.ts';
import { unusedConnections } from './unused-connections.ts';

/** How often a node looks for changes made by other processes. Milliseconds. */
const POLL = 500;
/** A node that serves, as those who started it see it. */
export interface RunningNode {
  /** Such as `https://localhost:8443`. */
  readonly url: string;
  readonly adminUrl: string;
  readonly issuers: readonly { readonly profile: string; readonly issuer: string }[];
  /** For `--cacert`; null when TLS is off. */
  readonly certFile: string | null;
  /** The file that a new administrator's token was just written to. */
  readonly adminTokenFile: string | null;
  readonly isolation: ReturnType<Sandbox['status']>['isolation'];
  readonly log: Logger;
  /** Finishes what is under way, then closes listeners, sandbox and database. Idempotent. */
  close(): Promise<void>;
}

const clock = () => Math.floor(Date.now() / 1000);

/**
 * Starts one node: database, configuration, sandbox, token service and admin API in one process.
 *
 * @throws StartError with one line for the operator
 */
export async function startNode(wanted: Settings): Promise<RunningNode> {
  const closing = new Closing();
  try {
    // The base URL names the port, so it must be known before anything is built on it.
    const settings = {
      ...wanted,
      port: wanted.port === 0 ? await freePort(wanted.host) : wanted.port,
      adminPort: wanted.adminPort === 0 ? await freePort(wanted.adminHost) : wanted.adminPort,
    };
    return await start(settings, closing);
  } catch (error) {
    await closing.close();
    throw error instanceof StoreError || error instanceof SandboxError ? new StartError(error.message, { cause: error }) : error;
  }
}

async function start(settings: Settings, closing: Closing): Promise<RunningNode> {
  const log = openLog(settings.logLevel);
  openDataDirectory(settings.dataDir);
  const tls = await tlsMaterial(settings);
  const clientCertificates = new ClientCertificates(settings);
  const sealer = keySealer(settings);
  const stores = await openStores({
    database:
      settings.databaseUrl === null
        ? { kind: 'sqlite', file: databaseFile(settings.dataDir) }
        : { kind: 'postgres', url: settings.databaseUrl },
  });
  closing.add(() => stores.close());
  const sandbox = await openSandbox({
    prelude: preludeSource(),
    limits: settings.sandboxLimits,
    isolation: settings.sandboxIsolation,
    log: (level, message, fields) => {
      // Apart, for its fields may be named like the log's own.
      log[level]({ sandbox: fields }, message);
    },
  });
  closing.add(() => sandbox.close());
  const { sourceBytes = DEFAULT_LIMITS.sourceBytes } = settings.sandboxLimits;
  const compiler = new ProcedureCompiler({ sourceBytes });
  closing.add(() => compiler.close());

  const live = await LiveConfiguration.open(stores.configuration);
  const isDemo = await applyAtStart(live, settings, { sandbox, compiler, sealer }, clock(), (fields, message) => {
    log.warn(fields, message);
  });
  if (isDemo) await makeDemoAccount(stores.accounts, clock());
  await guardDemoSecrets(live.current, stores.accounts, settings);
  const tokenFile = await bootstrapAdministrator(live, { dataDir: settings.dataDir, given: settings.adminToken, now: clock() });

  const scheme = tls === null ? 'http' : 'https';
  if (tls === null && !isLoopback(settings.adminHost))
    log.warn(
      { adminHost: settings.adminHost },
      'TLS is off: administrator tokens cross the network in the clear unless a proxy in front encrypts them',
    );
  const url = settings.baseUrl ?? `${scheme}://localhost:${settings.port}`;
  const report = (what: string) => (error: unknown) => {
    log.error({ error: error instanceof Error ? error.message : String(error) }, what);
  };
  const keeper = await SnapshotKeeper.open(
    live,
    {
      ...{ baseUrl: url, role: settings.role, certificateMethods: clientCertificates.methods },
      dynamicClients: new DynamicClients(stores.dynamicClients, clock),
    },
    sandbox,
    sealer,
    defaultProcedures(),
    report('signing keys could not be made'),
  );
  closing.add(async () => {
    keeper.close();
    live.stop();
  });
  live.poll(POLL, report('the configuration could not be refreshed'));
  warnOfConfiguration(live, (fields, message) => {
    log.warn(fields, message);
  });

  const wallMilliseconds = settings.sandboxLimits.wallMilliseconds ?? DEFAULT_LIMITS.wallMilliseconds;
  const services = openHostServices({ onError: report('a connection of an HTTP client could not be closed') });
  closing.add(() => services.close());
  const executions = new Executions(`${hostname()}:${settings.port}`);
  const service = new OAuthService({
    stores,
    sandbox,
    services,
    clientKeySets: services.clientKeySets,
    publicDocuments: services.publicDocuments,
    upstreamClient: services.upstreamClient,
    interactions: new Interactions(sealer.derive('interactions'), clock),
    formKey: sealer.derive('forms'),
    log: executionLog(log),
    observer: executions,
    clock,
    wallMilliseconds,
  });
  live.onChange(() => {
    service.configured(keeper.current);
  });
  const readiness = new Readiness(stores, sandbox);
  closing.add(async () => readiness.close());
  await readiness.check();
  const tokenService = await createTokenService({
    service,
    snapshot: () => keeper.current,
    readiness: () => readiness.check(),
    https: tls,
    clientCertificates,
    trustProxy: settings.trustProxy,
  });
  const adminApi = await openAdminApi({
    settings,
    stores,
    live,
    sandbox,
    compiler,
    sealer,
    keeper,
    service,
    executions,
    services,
    readiness,
    tls,
    url,
    wallMilliseconds,
    log,
  });
  closing.add(startCleanUp(stores, clock, report('ended tokens could not be deleted')));
  await listen(tokenService, settings.port, settings.host, '--port');
  closing.add(() => tokenService.close());
  // Before it waits for requests to end, which these do not.
  const dropUnused = unusedConnections(tokenService.getHttpServer());
  closing.add(async () => {
    service.close();
    dropUnused();
  });
  await listen(adminApi, settings.adminPort, settings.adminHost, '--admin-port');
  closing.add(() => adminApi.close());
  const dropUnusedOfAdmin = unusedConnections(adminApi.getHttpServer());
  closing.add(async () => dropUnusedOfAdmin());

  return {
    url,
    adminUrl: `${scheme}://localhost:${settings.adminPort}`,
    issuers: [...keeper.current.profiles.values()].map(({ id, issuer }) => ({ profile: id, issuer })),
    certFile: tls?.certFile ?? null,
    adminTokenFile: tokenFile,
    isolation: sandbox.status().isolation,
    log,
    close: () => closing.close(),
  };
}

interface AdminParts {
  readonly settings: Settings;
  readonly stores: Stores;
  readonly live: LiveConfiguration;
  readonly sandbox: Sandbox;
  readonly compiler: ProcedureCompiler;
  readonly sealer: KeySealer;
  readonly keeper: SnapshotKeeper;
  readonly service: OAuthService;
  readonly executions: Executions;
  readonly services: HostServices & { readonly upstreamClient: UpstreamClient };
  readonly readiness: Readiness;
  readonly tls: TlsMaterial | null;
  readonly url: string;
  readonly wallMilliseconds: number;
  readonly log: Logger;
}

async function openAdminApi({
  settings,
  stores,
  live,
  sandbox,
  compiler,
  sealer,
  keeper,
  service,
  executions,
  services,
  readiness,
  tls,
  url,
  wallMilliseconds,
  log,
}: AdminParts): Promise<NestFastifyApplication> {
  const defaults = defaultProcedures();
  let declared: Declarations | undefined;
  const dryRunner = new ProcedureDryRunner(
    sandbox,
    () => ({ snapshot: keeper.current, configuration: keeper.configuration }),
    clock,
    wallMilliseconds,
    services,
    false,
    stores,
  );
  return createAdminApi(
    {
      stores,
      configuration: live,
      sandbox,
      compiler,
      sealer,
      dryRunner,
      sampleRunner: new StoredSampleRunner(sandbox, services, wallMilliseconds),
      limits: { ...DEFAULT_LIMITS, ...settings.sandboxLimits },
      defaultSource: (flow) => defaults.get(flow)?.source ?? '',
      declarations: () => (declared ??= readDeclarations()),
      clock,
      baseUrl: url,
      ready: () => readiness.latest,
      log,
      version: packageVersion,
      configurationFile: settings.configFile,
      fourEyes: settings.fourEyes,
      recentFaults: () => service.executions.faults,
      executions: new NodeExecutions(executions),
      metrics: new Metrics({
        service,
        sandbox,
        node: () => ({ version: packageVersion, revision: live.current.revision, ready: readiness.latest.ready }),
      }),
    },
    {
      pageFolder: join(packageRoot, 'dist', 'apps', 'admin-ui'),
      ...(tls === null ? {} : { https: { cert: tls.cert, key: tls.key } }),
      trustProxy: settings.trustProxy,
      sessions: settings.adminSessions,
      pages: settings.adminBaseUrl,
      login: adminLogin(settings.adminLogin, services.upstreamClient, {
        ...{ url, adminUrl: settings.adminBaseUrl ?? `${tls === null ? 'http' : 'https'}://localhost:${settings.adminPort}` },
        ...{ isSelfSigned: settings.tls.mode === 'self-signed', tls },
      }),
    },
  );
}

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function listen(app: NestFastifyApplication, port: number, host: string, flag: string): Promise<void> {
  try {
    await app.init();
    // By Fastify itself: Nest would log the failure a second time.
    const fastify = app.getHttpAdapter().getInstance();
    await fastify.listen({ port, host });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new StartError(`port ${port} on ${host} is in use; choose another with ${flag}`, { cause });
    if (code === 'EACCES')
      throw new StartError(`port ${port} on ${host} needs more privileges; choose one above 1023 with ${flag}`, { cause });
    throw new StartError(`cannot listen on ${host}:${port}: ${message}`, { cause });
  }
}

/** What was opened, to be closed in reverse. */
class Closing {
  readonly #steps: (() => Promise<void>)[] = [];
  #done: Promise<void> | undefined;

  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  close(): Promise<void> {
    return (this.#done ??= this.#run());
  }

  async #run(): Promise<void> {
    for (const step of this.#steps.toReversed()) await step();
  }
}
