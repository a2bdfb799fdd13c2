import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ConfigurationError, DryRunBusyError, DryRunError, RotationTooEarlyError, StoreError } from '#libs/oauth';
import type { AdminLog } from './admin-services.ts';
import { dryRunMisfit, Problem, type ProblemName } from './problem.ts';
import { Proposed } from './reviews.ts';
import type { RouteTable } from './route-table.ts';

/**
 * The one place where errors become answers. It is global, since errors of body parsing and unknown routes
 * never reach a controller.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: AdminLog,
    private readonly routes: RouteTable,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error instanceof Proposed) {
      sendProposal(reply, error);
      return;
    }
    const problem = this.#problemOf(error, request);
    if (problem.status >= 500) {
      this.log.error(
        { err: problem.cause ?? problem, request: request.id, method: request.method, route: request.routeOptions.url },
        'admin request failed',
      );
    }
    if (reply.sent || reply.raw.headersSent) return;
    sendProblem(reply, problem);
  }

  #problemOf(error: unknown, request: FastifyRequest): Problem {
    if (error instanceof Problem) return error;
    if (error instanceof ConfigurationError) {
      return new Problem('invalid-configuration', 'Nothing was changed.', { errors: error.problems });
    }
    if (error instanceof DryRunBusyError) return new Problem('unavailable', error.message, { headers: { 'retry-after': '1' } });
    if (error instanceof DryRunError) {
      return dryRunMisfit([{ pointer: error.pointer, message: error.message }]);
    }
    if (error instanceof RotationTooEarlyError) {
      return new Problem('rotation-too-early', error.message, { headers: { 'retry-after': String(Math.ceil(error.secondsToWait)) } });
    }
    if (error instanceof StoreError && error.code === 'bad-cursor') {
      return new Problem('invalid-request', 'A parameter is not right.', {
        errors: [{ pointer: '/after', message: 'is not the "next" of a page' }],
      });
    }
    if (error instanceof StoreError && error.code === 'unavailable') {
      return new Problem('unavailable', 'The database does not answer now.', { cause: error, headers: { 'retry-after': '5' } });
    }
    if (error instanceof HttpException && error.getStatus() < 500) return this.#fromFramework(error, request);
    return new Problem('internal', 'The log of the service has the reason.', {
      cause: error,
      members: { instance: `urn:uuid:${request.id}` },
    });
  }

  /** Errors of the framework get a text of our own: theirs may quote what was sent. */
  #fromFramework(error: HttpException, request: FastifyRequest): Problem {
    const status = error.getStatus();
    if (status === 404) {
      const allowed = this.routes.methodsAt(request.url);
      if (allowed.length === 0) return new Problem('not-found', 'There is no such resource.');
      return new Problem('method-not-allowed', `The resource has ${allowed.join(', ')}.`, { headers: { allow: allowed.join(', ') } });
    }
    const known: Readonly<Record<number, readonly [ProblemName, string]>> = {
      413: ['too-large', 'The body is larger than this resource takes.'],
      415: ['unsupported-media-type', 'The resource does not take bodies of this type.'],
    };
    const [name, detail] = known[status] ?? (['invalid-request', 'The request could not be read.'] as const);
    return new Problem(name, detail, { cause: error });
  }
}

/** In place of the usual answer: the change waits for another administrator. RFC 9110 section 15.3.3. */
function sendProposal(reply: FastifyReply, { proposal, revealed }: Proposed): void {
  void reply
    .code(202)
    .header('location', `/admin/v1/proposals/${proposal.id}`)
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify(revealed === undefined ? proposal : { ...proposal, revealed }));
}

/** Sends a problem as `application/problem+json`. */
export function sendProblem(reply: FastifyReply, problem: Problem): void {
  // As text, since the serializer of a route is for its own answers.
  void reply
    .code(problem.status)
    .headers(problem.headers)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem.toBody()));
}
