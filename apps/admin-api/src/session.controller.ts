import { Body, Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Actor } from './actor.ts';
import { requireRole } from './admin.guard.ts';
import { AdminSessions, type SignedIn } from './admin-sessions.ts';
import { Authentication } from './authentication.ts';
import { Operation } from './operation.ts';
import { notFound } from './problem.ts';
import { refuseForeign } from './request-origin.ts';
import { currentSessionAnswer, signInBody } from './session-answers.ts';

/** Signing in to the pages, and out. */
@ApiTags('session')
@Controller('admin/v1/session')
export class SessionController {
  constructor(
    private readonly authentication: Authentication,
    private readonly sessions: AdminSessions,
  ) {}

  @Post()
  @Operation({
    summary: 'Sign in to the pages by the token of an administrator',
    description:
      'The answer sets the cookie of the session, of which pages see nothing. Bodies have up to 4 KB. The role `metrics` has no pages, and is refused.',
    role: 'open',
    status: 201,
    answer: currentSessionAnswer,
    refuses: [400, 401, 403, 413, 415, 422, 429, 500],
  })
  async signIn(
    @Body({ schema: signInBody }) { token }: z.output<typeof signInBody>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    refuseForeign(request, this.sessions.pages);
    const { id, role, tokenHash } = await this.authentication.byToken(token, request);
    requireRole(role, 'read');
    const begun = await this.sessions.begin({ administrator: id, name: id, role, tokenHash }, request);
    reply.header('set-cookie', begun.setCookie);
    return view(begun.actor, begun);
  }

  @Get()
  @Operation({
    summary: 'See who is signed in',
    description: 'Where nobody is, the 401 has in `signInWays` the ways to sign in.',
    role: 'read',
    status: 200,
    answer: currentSessionAnswer,
  })
  current(@Req() request: FastifyRequest) {
    return view(request.administrator, request.adminSession);
  }

  @Delete()
  @Operation({ summary: 'Sign out', role: 'read', status: 204, refuses: [404] })
  async signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    if (request.adminSession === null) throw notFound('session: the request came with a bearer token');
    reply.header('set-cookie', await this.sessions.end(request.adminSession, request.ip));
  }
}

function view(actor: Actor | null, signedIn: SignedIn | null): z.output<typeof currentSessionAnswer> {
  if (actor === null) throw notFound('session');
  const { id, role } = actor;
  return {
    administrator: { id, name: signedIn?.session.name ?? id, role },
    session: signedIn?.session.id ?? null,
    csrf: signedIn?.csrf ?? null,
    endsAt: signedIn?.session.endsAt ?? null,
    expiresAt: signedIn?.session.expiresAt ?? null,
  };
}
