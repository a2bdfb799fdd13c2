import 'reflect-metadata';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, request as tlsRequest } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Controller, Get, HttpException, Module, Post, Req, UseGuards, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express from 'express';
import fastify from 'fastify';
import { X509Certificate, createHash } from 'node:crypto';
import type { RequestAuth } from './auth.ts';
import {
  authOf as authOfExpress,
  expressMiddleware,
  requireAnyScope as expressAny,
  requireAuthentication as expressLogin,
  requireScopes as expressScopes,
} from './express.ts';
import {
  authOf as authOfFastify,
  fastifyPlugin,
  requireAnyScope as fastifyAny,
  requireAuthentication as fastifyLogin,
  requireScopes as fastifyScopes,
} from './fastify.ts';
import {
  authOf as authOfNest,
  nestTokenGuard,
  requireAnyScope as nestAny,
  requireAuthentication as nestLogin,
  requireScopes as nestScopes,
} from './nest.ts';
import { aClientCertificate } from '../../oauth/src/testing/client-certificate.ts';
import { DpopClient, FakeService } from './testing/fake-service.ts';
import { createTokenValidator, type TokenValidator } from './token-validator.ts';

/** An API on one of the frameworks: GET /orders, POST /orders (scope write), GET /any (scope admin or read), GET /sure (a card, a minute ago), GET /open. */
interface Api {
  readonly url: string;
  close(): Promise<unknown>;
}

const LOGIN = { acrValues: ['card'], maxAge: 60 };
const told = ({ subject, clientId, scopes, scheme, kind }: RequestAuth) => ({ subject, clientId, scopes: [...scopes], scheme, kind });
const listening = (server: Server): Promise<string> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)));

async function expressApi(validator: TokenValidator): Promise<Api> {
  const app = express();
  app.get('/open', (_request, response) => void response.json({ open: true }));
  app.get('/forgotten', expressScopes('read'), (_request, response) => void response.json({}));
  app.use(express.urlencoded({ extended: false }));
  const orders = express.Router();
  orders.use(expressMiddleware(validator));
  orders.get('/', (request, response) => void response.json(told(authOfExpress(request))));
  orders.post('/', expressScopes('write'), (request, response) => void response.json(told(authOfExpress(request))));
  orders.get('/any', expressAny('admin', 'read'), (_request, response) => void response.json({ any: true }));
  orders.get('/sure', expressLogin(LOGIN), (_request, response) => void response.json({ sure: true }));
  app.use('/orders', orders);
  const server = createServer(app);
  return { url: await listening(server), close: () => new Promise((resolve) => server.close(resolve)) };
}

async function fastifyApi(validator: TokenValidator): Promise<Api> {
  const app = fastify();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(body as string))),
  );
  app.get('/open', () => ({ open: true }));
  app.get('/forgotten', { preHandler: fastifyScopes('read') }, () => ({}));
  void app.register((scope, _options, done) => {
    void scope.register(fastifyPlugin(validator, { afterBody: true }));
    scope.get('/orders', (request) => told(authOfFastify(request)));
    scope.post('/orders', { preHandler: fastifyScopes('write') }, (request) => told(authOfFastify(request)));
    scope.get('/orders/any', { preHandler: fastifyAny('admin', 'read') }, () => ({ any: true }));
    scope.get('/orders/sure', { preHandler: fastifyLogin(LOGIN) }, () => ({ sure: true }));
    done();
  });
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() };
}

async function nestApi(validator: TokenValidator): Promise<Api> {
  const guard = nestTokenGuard(validator, HttpException);
  @Controller()
  class OrdersController {
    @Get('open') open() {
      return { open: true };
    }
    @Get('forgotten') @UseGuards(nestScopes('read')) forgotten() {
      return {};
    }
    @Get('orders') @UseGuards(guard) list(@Req() request: { auth?: RequestAuth }) {
      return told(authOfNest(request));
    }
    @Post('orders') @UseGuards(guard, nestScopes('write')) add(@Req() request: { auth?: RequestAuth }) {
      return told(authOfNest(request));
    }
    @Get('orders/any') @UseGuards(guard, nestAny('admin', 'read')) any() {
      return { any: true };
    }
    @Get('orders/sure') @UseGuards(guard, nestLogin(LOGIN)) sure() {
      return { sure: true };
    }
  }
  @Module({ controllers: [OrdersController] })
  class ApiModule {}
  const app: INestApplication = await NestFactory.create(ApiModule, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), close: () => app.close() };
}

let service: FakeService;
let validator: TokenValidator;
let api: Api;
beforeEach(async () => {
  service = await FakeService.open();
  validator = createTokenValidator(service.options({ publicUrl: 'https://api.example', acceptFrom: ['header', 'form'] }));
});

describe.each([
  ['Express', expressApi, 200],
  ['Fastify', fastifyApi, 200],
  ['Nest', nestApi, 201],
])('on %s', (_name, open, created) => {
  beforeEach(async () => {
    api = await open(validator);
  });
  afterEach(() => api.close());
  const get = (path: string, token?: string, headers: Record<string, string> = {}) =>
    fetch(api.url + path, { headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers } });
  const post = (token: string) => fetch(`${api.url}/orders`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });

  test('handlers see who sent the request', async () => {
    for (const [kind, token] of [
      ['opaque', service.issue()],
      ['jwt', await service.jwt()],
    ] as const) {
      const response = await get('/orders', token);
      expect([response.status, await response.json()]).toEqual([
        200,
        { subject: 'alice', clientId: 'app', scopes: ['read', 'write'], scheme: 'Bearer', kind },
      ]);
    }
  });

  test('routes that are not guarded stay open', async () => {
    expect(await (await get('/open')).json()).toEqual({ open: true });
  });

  test('a login that is not enough: 401 with what the client is to ask for (RFC 9470 section 3)', async () => {
    const { seconds } = service;
    expect((await get('/orders/sure', service.issue({ acr: 'card', auth_time: seconds - 60 }))).status).toBe(200);
    const response = await get('/orders/sure', service.issue({ acr: 'password', auth_time: seconds - 66 }));
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain(
      'error="insufficient_user_authentication", error_description="The person has to sign in again.", acr_values="card", max_age="60"',
    );
    expect(await response.json()).toMatchObject({ error: 'insufficient_user_authentication', acr_values: 'card', max_age: '60' });
  });

  test('without a token: 401 with the challenge', async () => {
    const response = await get('/orders');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="https:\/\/as.example\/tenant", DPoP realm=/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).not.toContain('"error":"invalid');
  });

  test('a bad token: 401 with error and description, in the body too', async () => {
    const response = await get('/orders', 'unknown');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({ error: 'invalid_token', error_description: 'The access token is not active.' });
  });

  test('a scope that is missing: 403 with the scope', async () => {
    expect((await post(service.issue())).status).toBe(created);
    const response = await post(service.issue({ scope: 'read' }));
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect(await response.json()).toMatchObject({ error: 'insufficient_scope', scope: 'write' });
    expect((await get('/orders/any', service.issue({ scope: 'read' }))).status).toBe(200);
    expect((await get('/orders/any', service.issue({ scope: 'write' }))).status).toBe(403);
  });

  test('a service that is down: 503 with Retry-After', async () => {
    service.isDown = true;
    const response = await get('/orders', 'token');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject({ error: 'temporarily_unavailable' });
  });

  test('requireScopes on a route without the token check is a fault of the program, not a way in', async () => {
    expect((await get('/forgotten', service.issue())).status).toBe(500);
  });

  test('a proof of possession is checked against the public URL (RFC 9449)', async () => {
    const client = await DpopClient.open();
    const token = service.issue({ cnf: { jkt: client.thumbprint } });
    const send = async (claims = {}) =>
      fetch(`${api.url}/orders?page=2`, {
        headers: { authorization: `DPoP ${token}`, dpop: await client.proof(token, service.seconds, claims) },
      });
    expect((await send()).status).toBe(200);
    expect((await send({ htu: `${api.url}/orders` })).status).toBe(401);
  });

  test('a second Authorization header, which Node would drop, is noticed', async () => {
    const { port } = new URL(api.url);
    const token = service.issue();
    const answer = await raw(
      Number(port),
      `GET /orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\nAuthorization: Bearer x\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
  });

  test('a token in a form is read where the API says so', async () => {
    const response = await fetch(`${api.url}/orders`, { method: 'POST', body: new URLSearchParams({ access_token: service.issue() }) });
    expect(response.status).toBe(created);
  });
});

test.each([
  ['Express', expressScopes, expressAny],
  ['Fastify', fastifyScopes, fastifyAny],
  ['Nest', nestScopes, nestAny],
])('a guard of no scope, or of a list in one text, is a fault of the program: %s', (_name, all, any) => {
  for (const guard of [all, any]) for (const scopes of [[], ['read write'], ['']]) expect(() => guard(...scopes)).toThrow(/one by one/);
});

test('requests that Fastify injects are seen as others are', async () => {
  const app = fastify();
  await app.register(fastifyPlugin(validator));
  app.get('/', (request) => told(authOfFastify(request)));
  const statusOf = async (headers: Record<string, string>) => (await app.inject({ url: '/', headers })).statusCode;
  expect(await statusOf({ authorization: `Bearer ${service.issue()}` })).toBe(200);
  expect(await statusOf({})).toBe(401);
  await app.close();
});

test('the Host header makes the URL of a proof where the API says so', async () => {
  const own = createTokenValidator(service.options({ publicUrl: 'from-request' }));
  const app = express();
  app.use(expressMiddleware(own));
  app.get('/orders', (_request, response) => void response.json({}));
  const server = createServer(app);
  const url = `${await listening(server)}/orders`;
  const client = await DpopClient.open();
  const token = service.issue({ cnf: { jkt: client.thumbprint } });
  const send = async (htu: string) =>
    (await fetch(url, { headers: { authorization: `DPoP ${token}`, dpop: await client.proof(token, service.seconds, { htu }) } })).status;
  try {
    expect([await send(url), await send('https://api.example/orders')]).toEqual([200, 401]);
  } finally {
    server.close();
  }
});

test('a certificate of the connection binds a token (RFC 8705)', async () => {
  const [server, client, stranger] = [await aClientCertificate(), await aClientCertificate(), await aClientCertificate()];
  const x5t = createHash('sha256').update(new X509Certificate(client.certificate).raw).digest('base64url');
  const token = service.issue({ cnf: { 'x5t#S256': x5t } });
  const app = express();
  app.use(expressMiddleware(validator));
  app.get('/', (_request, response) => void response.json({}));
  const tls = createTlsServer({ cert: server.certificate, key: server.key, requestCert: true, rejectUnauthorized: false }, app);
  await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
  const { port } = tls.address() as AddressInfo;
  const status = (own: { cert?: string; key?: string }): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, connection: 'close' };
      const options = {
        port,
        host: '127.0.0.1',
        ca: server.certificate,
        checkServerIdentity: () => undefined,
        headers,
        agent: false,
        ...own,
      };
      tlsRequest(options, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
  try {
    expect(await status({ cert: client.certificate, key: client.key })).toBe(200);
    expect(await status({ cert: stranger.certificate, key: stranger.key })).toBe(401);
    expect(await status({})).toBe(401);
  } finally {
    await new Promise((resolve) => tls.close(resolve));
  }
});

function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    connect(port, '127.0.0.1')
      .on('data', (chunk) => (answer += chunk.toString()))
      .on('close', () => resolve(answer))
      .on('error', reject)
      .end(text);
  });
}
