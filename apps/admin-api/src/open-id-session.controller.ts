import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminSessions } from './admin-sessions.ts';
import { OpenIdSignIn, type Going } from './open-id-sign-in.ts';
import { returnPath } from './open-id-states.ts';
import { Operation } from './operation.ts';
import { notFound } from './problem.ts';
import { refuseForeign } from './request-origin.ts';

/** Signing in to the pages by an OpenID provider: where browsers go, not pages. */
@ApiTags('session')
@Controller('admin/v1/session/openid')
export class OpenIdSessionController {
  constructor(
    private readonly signIn: OpenIdSignIn,
    private readonly sessions: AdminSessions,
  ) {}

  @Get()
  @Operation({
    summary: 'Go to the OpenID provider to sign in',
    description:
      'With `return` as the path of the pages to come back to. Where that fails the browser comes to `/?sign-in-error=` with `expired`, `denied`, `unavailable`, `invalid`, `not-allowed` or `not-recent`.',
    role: 'open',
    status: 303,
    refuses: [403, 404],
  })
  async begin(@Query() query: Record<string, unknown>, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    refuseForeign(request, this.sessions.pages);
    const to = query['return'];
    go(reply, await this.signIn.begin(returnPath(typeof to === 'string' ? to : undefined), request));
  }

  @Get('callback')
  @Operation({ summary: 'Come back from the OpenID provider', role: 'open', status: 303, refuses: [404] })
  async callback(@Query() query: Record<string, unknown>, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    go(reply, await this.signIn.answered(query, request));
  }
}

function go(reply: FastifyReply, going: Going | null): void {
  if (going === null) throw notFound('OpenID provider to sign in by: see --admin-login-issuer');
  reply.header('set-cookie', [...going.cookies]).header('location', going.location);
}
