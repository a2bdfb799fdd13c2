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
  /** Why, for whoever is to approve the change where it is a proposal. */
  readonly proposalNote: string;
}

/** Gives a handler the request's `Edit`. */
export const EditOf = createParamDecorator((_data: undefined, context: ExecutionContext): Edit => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const actor = request.administrator;
  if (actor === null) throw new Problem('unauthorized', 'Send an administrator token.');
  const query = request.query as Record<string, unknown>;
  const takeOver = readFlag(query['takeOver'], 'takeOver');
  // Taking something out of the hands of a file is not for those who only write procedures.
  if (takeOver) requireRole(actor.role, 'admin');
  const proposalNote = readNote(query['proposalNote']);
  return { actor, takeOver, proposalNote, preconditions: readPreconditions(request.headers['if-match'], request.headers['if-none-match']) };
});

const LONGEST_NOTE = 2000;

function readNote(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string' && value.length <= LONGEST_NOTE) return value;
  throw new Problem('invalid-request', 'A parameter is not right.', {
    errors: [{ pointer: '/proposalNote', message: `must be one text of at most ${LONGEST_NOTE} characters` }],
  });
}

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
