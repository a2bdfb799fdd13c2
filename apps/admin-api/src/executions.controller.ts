import { Controller, Get, Headers, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { shape } from '#libs/configuration';
import { EXECUTION_OUTCOMES, type ExecutionView } from '#libs/executions';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { listOf } from './answers.ts';
import { executionAnswer } from './execution-answers.ts';
import { ExecutionStreams } from './execution-streams.ts';
import { defined, pageQuery, wholeNumber } from './listing.ts';
import { Operation } from './operation.ts';
import { notFound } from './problem.ts';

const id = z.string().max(256).optional();
/** Which executions are meant. */
export const executionMembers = {
  profile: id,
  procedure: id,
  version: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
  client: z.string().max(2048).optional(),
  endpoint: id,
  flow: id,
  outcome: z
    .enum([...EXECUTION_OUTCOMES, 'failed'])
    .optional()
    .describe('How it ended; `failed` for every failure of a procedure, of the sandbox or of the service.'),
};
const listQuery = shape({ ...executionMembers, ...pageQuery.shape });
const streamQuery = shape({
  ...executionMembers,
  recent: wholeNumber(0, 1000).default(0).describe('How many of before are sent first, where there is no `Last-Event-ID`.'),
});

const NODE =
  'Of the node that answers: each keeps its own last ones in memory. What procedures log may be about people, so that it takes an author.';

@ApiTags('executions')
@Controller('admin/v1/executions')
export class ExecutionsController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    @Inject(ExecutionStreams) private readonly streams: ExecutionStreams,
  ) {}

  @Get()
  @Operation({
    summary: 'List what ran lately, and what did not',
    description: `Newest first. ${NODE}`,
    role: 'author',
    status: 200,
    answer: listOf(executionAnswer),
  })
  async list(@Query({ schema: listQuery }) { limit, after, ...filter }: z.output<typeof listQuery>) {
    return this.services.executions.list(defined(filter), limit, after ?? null);
  }

  @Get('stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The id of the last event received: the stream goes on after it.' })
  @Operation({
    summary: 'Follow what runs, as server-sent events',
    description: `Events \`execution\` (an Execution), \`gap\` (\`because\`, \`missed\`) and \`ready\` (\`node\`, \`heartbeat\` in seconds). ${NODE}`,
    role: 'author',
    status: 200,
    answer: ['text/event-stream'],
    refuses: [503],
  })
  follow(
    @Query({ schema: streamQuery }) { recent, ...filter }: z.output<typeof streamQuery>,
    @Headers('last-event-id') lastId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    this.streams.open(request, reply, { filter: defined(filter), recent, lastId: lastId === undefined || lastId === '' ? null : lastId });
  }

  @Get(':execution')
  @Operation({ summary: 'Read one execution', description: NODE, role: 'author', status: 200, answer: executionAnswer, refuses: [404] })
  async read(@Param('execution') execution: string): Promise<ExecutionView> {
    const found = await this.services.executions.find(execution);
    if (found === null) throw notFound('such execution any more, or it was another node that served it');
    return found;
  }
}
