import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OAuthService, Snapshot } from '#libs/oauth';
import type { FastifyInstance } from 'fastify';
import type { ClientCertificates } from './client-certificates.ts';
import { HealthController, READINESS } from './health.controller.ts';
import { OAuthErrorFilter } from './oauth-error.filter.ts';
import { refuseExpectations, registerOAuthRoutes } from './oauth.routes.ts';
import type { ReadinessState } from './readiness.ts';

/** What the token service's listener stands on. */
export interface TokenServiceParts {
  readonly service: OAuthService;
  readonly snapshot: () => Snapshot;
  readonly readiness: () => Promise<ReadinessState>;
  readonly https: { readonly cert: string; readonly key: string } | null;
  readonly clientCertificates: ClientCertificates;
  readonly trustProxy: readonly string[];
}

@Module({})
export class TokenServiceModule {
  static of(readiness: () => Promise<ReadinessState>): DynamicModule {
    return {
      module: TokenServiceModule,
      controllers: [HealthController],
      providers: [
        { provide: READINESS, useValue: readiness },
        { provide: APP_FILTER, useClass: OAuthErrorFilter },
      ],
    };
  }
}

/** The token service as a Nest application, not listening yet. */
export async function createTokenService(parts: TokenServiceParts): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    // Node's own refusals are chunked, which breaks gateways: the routes word these themselves.
    ...(parts.https === null
      ? { http: { requireHostHeader: false } }
      : {
          https: {
            ...{ cert: parts.https.cert, key: parts.https.key, requireHostHeader: false },
            ...parts.clientCertificates.tlsOptions,
          },
        }),
    trustProxy: parts.trustProxy.length === 0 ? false : [...parts.trustProxy],
    logger: false,
    // Slow senders are cut off; a gateway's idle connection outlives the gateway's own patience.
    requestTimeout: 30_000,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    genReqId: () => '',
  } as never);
  const app = await NestFactory.create<NestFastifyApplication>(TokenServiceModule.of(parts.readiness), adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  registerOAuthRoutes(adapter.getInstance<FastifyInstance>(), parts.service, parts.snapshot, parts.clientCertificates);
  refuseExpectations(app.getHttpServer());
  return app;
}
