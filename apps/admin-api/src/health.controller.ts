import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { healthAnswer } from './answers.ts';
import { Operation } from './operation.ts';

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  @Get('live')
  @Operation({ summary: 'Whether the process runs', role: 'open', status: 200, answer: healthAnswer })
  live() {
    return { status: 'ok' };
  }

  @Get('ready')
  @Operation({
    summary: 'Whether the process can serve',
    role: 'open',
    status: 200,
    answer: healthAnswer,
    also: { 503: 'It cannot, for the reason given.' },
  })
  ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const { ready, reason } = this.services.ready();
    if (ready) return { status: 'ok' };
    reply.code(503);
    return { status: 'unavailable', ...(reason === undefined ? {} : { reason }) };
  }
}
