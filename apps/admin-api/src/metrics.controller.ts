import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { Operation } from './operation.ts';

@ApiTags('status')
@Controller()
export class MetricsController {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  @Get('metrics')
  @Operation({
    summary: 'Read the metrics of this node',
    description: 'In the text format of Prometheus, which sends the token with `authorization: { credentials_file: ... }`.',
    role: 'metrics',
    status: 200,
    answer: ['text/plain'],
  })
  async read(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { metrics } = this.services;
    const text = await metrics.text();
    reply.header('content-type', metrics.contentType);
    return text;
  }
}
