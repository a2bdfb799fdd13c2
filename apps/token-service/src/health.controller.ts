import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { ReadinessState } from './readiness.ts';

/** Injection token of a function that answers whether the node can serve now. */
export const READINESS = Symbol('readiness');

/** For balancers and supervisors: alive as long as the event loop turns, ready when database and sandbox answer. */
@Controller('health')
export class HealthController {
  constructor(@Inject(READINESS) private readonly readiness: () => Promise<ReadinessState>) {}

  @Get('live')
  live(): { status: string } {
    return { status: 'ok' };
  }

  @Get('ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const { ready, reason } = await this.readiness();
    await reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(ready ? { status: 'ready' } : { status: 'not ready', reason });
  }
}
