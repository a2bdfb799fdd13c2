import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from './actor.ts';
import { entityTag, readPreconditions, type Preconditions } from './preconditions.ts';
import { requireRole } from './admin.guard.ts';
import { Problem } from './problem.ts';

/** Who changes something, and on what conditions. */
export interface Edit {
  readonly actor: Actor;
  readonly preconditions: Preconditions;
  /** What a configuration file owns may be changed, and is the API's from then on. */
  readonly takeOver: boolean;
}

/** Gives a handler the request's `Edit`. */
export const EditOf = createParamDecorator((_data: undefined, context: ExecutionContext): Edit => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const actor = request.administrator;
  if (actor === null) throw new Problem('unauthorized', 'Send an administrator token.');
  const takeOver = readFlag((request.query as Record<string, unknown>)['takeOver'], 'takeOver');
  // Taking something out of the hands of a file is not for those who only write procedures.
  if (takeOver) requireRole(actor.role, 'admin');
  return { actor, takeOver, preconditions: readPreconditions(request.headers['if-match'], request.headers['if-none-match']) };
});

function readFlag(value: unknown, name: string): boolean {
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw new Problem('invalid-request', 'A parameter is not right.', {
    errors: [{ pointer: `/${name}`, message: 'is neither "true" nor "false"' }],
  });
}

/** Says which revision of an entity the answer shows. */
export function tag(reply: FastifyReply, revision: number): void {
  reply.header('etag', entityTag(revision));
}
