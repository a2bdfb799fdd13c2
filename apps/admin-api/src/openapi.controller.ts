import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { OpenApiDocument } from './openapi.ts';
import { Operation } from './operation.ts';

const description = z.looseObject({ openapi: z.string() });

@ApiTags('health')
@Controller()
export class OpenApiController {
  constructor(private readonly document: OpenApiDocument) {}

  @Get('openapi.json')
  @Operation({ summary: 'This description', role: 'open', status: 200, answer: description })
  read(@Res({ passthrough: true }) reply: FastifyReply): string {
    reply.header('content-type', 'application/json; charset=utf-8');
    return this.document.text;
  }
}
