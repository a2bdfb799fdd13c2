import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorResponse, OAuthError, serverError, type OAuthRequest, type OAuthResponse, type OAuthService, type Snapshot } from '#libs/oauth';

/** Bytes of a request body; what a form with a token and an assertion needs many times over. */
export const BODY_LIMIT = 65_536;

/**
 * Puts every OAuth endpoint behind one native Fastify route: paths are configuration and change while the service runs,
 * and introspection has no use for pipes and interceptors. Which endpoint answers is found in the snapshot.
 */
export function registerOAuthRoutes(fastify: FastifyInstance, service: OAuthService, snapshot: () => Snapshot): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_LIMIT }, (_request, body, done) => done(null, body));
  fastify.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/*',
    handler: async (request, reply) => {
      // The answer is written by hand: exact length, headers and body in one write, nothing added.
      reply.hijack();
      try {
        write(reply, (await service.handle(oauthRequest(request), snapshot())) ?? NOT_FOUND);
      } catch (error) {
        write(reply, errorResponse(serverError(error)));
      }
    },
  });
}

const NOT_FOUND = errorResponse(new OAuthError('not_found', 'There is no endpoint at this path.', { status: 404 }));

function oauthRequest(request: FastifyRequest): OAuthRequest {
  const url = request.raw.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: request.method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: request.raw.headers,
    body: typeof request.body === 'string' ? request.body : '',
    scheme: request.protocol === 'https' ? 'https' : 'http',
    host: request.host,
    clientIpAddress: request.ip,
  };
}

function write(reply: FastifyReply, response: OAuthResponse): void {
  const { raw } = reply;
  if (raw.destroyed) return;
  const { status, headers, body } = response;
  if (body === null) raw.writeHead(status, headers as string[]).end();
  else raw.writeHead(status, [...headers, 'content-length', String(Buffer.byteLength(body))]).end(body);
}
