import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  certificateThumbprint,
  errorResponse,
  OAuthError,
  serverError,
  type OAuthRequest,
  type OAuthResponse,
  type OAuthService,
  type Snapshot,
} from '#libs/oauth';
import type { ClientCertificates } from './client-certificates.ts';
import { Replies, reply } from './replies.ts';

/** Bytes of a request body; what a form with a token and an assertion needs many times over. */
export const BODY_LIMIT = 65_536;

/**
 * Puts every OAuth endpoint behind one native Fastify route: paths are configuration and change while the service runs,
 * and introspection has no use for pipes and interceptors. Which endpoint answers is found in the snapshot.
 */
export function registerOAuthRoutes(
  fastify: FastifyInstance,
  service: OAuthService,
  snapshot: () => Snapshot,
  certificates: ClientCertificates,
): void {
  const replies = new Replies();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_LIMIT }, (_request, body, done) => done(null, body));
  fastify.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/*',
    handler: async (request, fastifyReply) => {
      // The answer is written by hand, see Replies.
      fastifyReply.hijack();
      replies.expect();
      let answer: OAuthResponse;
      try {
        answer = hasHost(request) ? ((await service.handle(oauthRequest(request, certificates), snapshot())) ?? NOT_FOUND) : NO_HOST;
      } catch (error) {
        answer = errorResponse(serverError(error));
      }
      replies.send(fastifyReply.raw, answer);
    },
  });
}

/** Answers `Expect` headers other than `100-continue`, RFC 9110 section 10.1.1. */
export function refuseExpectations(server: Server): void {
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    reply(response, EXPECTATION_FAILED);
  });
}

const NO_HOST = errorResponse(new OAuthError('invalid_request', 'The Host header is missing.'));
const EXPECTATION_FAILED = errorResponse(new OAuthError('invalid_request', 'The expectation cannot be met.', { status: 417 }));
const NOT_FOUND = errorResponse(new OAuthError('not_found', 'There is no endpoint at this path.', { status: 404 }));

function oauthRequest(request: FastifyRequest, certificates: ClientCertificates): OAuthRequest {
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
    // Asked for by few endpoints, and not for nothing to be had.
    peerAddress: () => request.raw.socket.remoteAddress ?? null,
    certificateThumbprint: () => shownThumbprint(request.raw.socket),
    clientCertificate: () => certificates.of(request.raw),
    // Of one shape from the beginning.
    ran: null,
    execution: 0,
  };
}

/** What the handshake has shown: the certificate itself is the secret's place, so nobody need have signed it. RFC 8705 section 2.2. */
function shownThumbprint(socket: Socket): string | null {
  if (!(socket instanceof TLSSocket)) return null;
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? null : certificateThumbprint(certificate);
}

/** RFC 9112 section 3.2. */
function hasHost({ raw }: FastifyRequest): boolean {
  return raw.headers.host !== undefined || raw.httpVersion === '1.0';
}
