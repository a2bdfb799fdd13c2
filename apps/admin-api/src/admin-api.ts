import { randomUUID } from 'node:crypto';
import type { ServerOptions } from 'node:https';
import { NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { AdminApiModule } from './admin-api.module.ts';
import { AdminGuard } from './admin.guard.ts';
import { servePage } from './admin-page.ts';
import type { AdminServices } from './admin-services.ts';
import { AdminSessions, type AdminSessionLimits } from './admin-sessions.ts';
import { Authentication } from './authentication.ts';
import { addBodyParsers, BODY_LIMIT } from './body-parsers.ts';
import type { FailedAttemptLimits } from './failed-attempts.ts';
import { FrameworkLog } from './framework-log.ts';
import { OpenIdSignIn, type OpenIdLogin } from './open-id-sign-in.ts';
import { OpenApiDocument } from './openapi.ts';
import { Problem } from './problem.ts';
import { ProblemFilter, sendProblem } from './problem.filter.ts';
import { RouteTable } from './route-table.ts';
import { ValidationPipe } from './validation.pipe.ts';

export interface AdminApiOptions {
  /** Key and certificate; plain HTTP without. */
  readonly https?: ServerOptions;
  /** How those who guess tokens are slowed. */
  readonly failedAttempts?: FailedAttemptLimits;
  /** How long administrators stay signed in to the pages. */
  readonly sessions?: AdminSessionLimits;
  /** Where browsers reach the pages, such as `https://admin.example.com`, where that is not the host that requests name. */
  readonly pages?: string | null;
  /** The folder of the administrator's page as it was built; without it there is none. */
  readonly pageFolder?: string;
  /** Proxies and networks whose `X-Forwarded-For` is believed: by it guessing is slowed, and sessions and events know whence they are. */
  readonly trustProxy?: readonly string[];
  /** By which administrators may sign in beside their tokens; null for none. */
  readonly login?: OpenIdLogin | null;
}

/** On every answer: nothing here is to be kept, sniffed, framed or run by a browser. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** The admin API, ready to listen or to be tried with `inject`. It opens nothing itself; `close` ends it alone. */
export async function createAdminApi(services: AdminServices, options: AdminApiOptions = {}): Promise<NestFastifyApplication> {
  const { trustProxy = [] } = options;
  const adapter = new FastifyAdapter({
    ...(options.https === undefined ? {} : { https: options.https }),
    trustProxy: trustProxy.length === 0 ? false : [...trustProxy],
    logger: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 1024 },
    frameworkErrors: (_error: unknown, _request: unknown, reply: FastifyReply) => {
      reply.headers(SECURITY_HEADERS);
      sendProblem(reply, new Problem('invalid-request', 'The URL could not be read.'));
    },
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  const routes = new RouteTable();
  routes.watch(fastify);
  fastify.addHook('onRequest', async (_request, reply) => void reply.headers(SECURITY_HEADERS));
  const sessions = new AdminSessions(services, {
    limits: options.sessions,
    pages: options.pages,
    openId: (options.login ?? null) !== null,
  });
  const openId = new OpenIdSignIn(services, sessions, options.login ?? null);
  const authentication = new Authentication(services, sessions, openId.ways, options.failedAttempts);
  authentication.guard(fastify);
  fastify.addHook('onRequest', async ({ url }) => {
    if (url.includes('%00')) throw new Problem('invalid-request', 'The URL has a NUL character.');
  });
  if (options.pageFolder !== undefined) servePage(fastify, options.pageFolder);
  addBodyParsers(fastify);
  logRequests(fastify, services);

  const app = await NestFactory.create<NestFastifyApplication>(
    AdminApiModule.over(services, { authentication, sessions, openId }),
    adapter,
    {
      logger: new FrameworkLog(services.log),
      bodyParser: false,
      abortOnError: false,
    },
  );
  app.useGlobalFilters(new ProblemFilter(services.log, routes));
  app.useGlobalGuards(new AdminGuard(app.get(Reflector)));
  app.useGlobalPipes(new ValidationPipe());
  app.get(OpenApiDocument).describe(app, services.version);
  await app.init();
  await fastify.ready();
  return app;
}

/** One line for each request that could change something. Routes and ids only: queries and bodies may hold secrets. */
function logRequests(fastify: FastifyInstance, { log }: AdminServices): void {
  fastify.addHook('onResponse', async (request, reply) => {
    const details = {
      request: request.id,
      method: request.method,
      route: request.routeOptions.url,
      // What does not fit a route may be anything.
      params: request.is404 ? undefined : request.params,
      status: reply.statusCode,
      actor: request.administrator?.id,
      milliseconds: Math.round(reply.elapsedTime),
    };
    if (request.method === 'GET' || request.method === 'HEAD') log.debug(details, 'admin request');
    else log.info(details, 'admin request');
  });
}
