import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { errorResponse, OAuthError, serverError } from '#libs/oauth';

/** Words what fails before an endpoint is reached (a body that is too large, a broken request) as RFC 6749 bodies. */
@Catch()
export class OAuthErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const { status, headers, body } = errorResponse(worded(error));
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    for (let i = 0; i < headers.length; i += 2) void reply.header(headers[i] ?? '', headers[i + 1] ?? '');
    void reply.code(status).send(body);
  }
}

function worded(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error;
  const status = error instanceof HttpException ? error.getStatus() : statusCode(error);
  switch (status) {
    case 404:
      return new OAuthError('not_found', 'There is no endpoint at this path.', { status });
    case 413:
      return new OAuthError('invalid_request', 'The request body is too large.', { status });
    case 415:
      return new OAuthError('invalid_request', 'Send the parameters as application/x-www-form-urlencoded.', { status });
    default:
      return status >= 400 && status < 500
        ? new OAuthError('invalid_request', 'The request cannot be read.', { status })
        : serverError(error);
  }
}

function statusCode(error: unknown): number {
  return typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : 500;
}
