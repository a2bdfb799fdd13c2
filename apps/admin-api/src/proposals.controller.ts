import { Body, Controller, Get, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { shape } from '#libs/configuration';
import type { Actor } from './actor.ts';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { listOf } from './answers.ts';
import { defined, pageQuery } from './listing.ts';
import { Operation } from './operation.ts';
import { Problem } from './problem.ts';
import { proposalAnswer, proposalSummaryAnswer } from './proposal-views.ts';
import { Reviews } from './reviews.ts';

const proposalQuery = shape({
  ...pageQuery.shape,
  author: z.string().max(256).optional().describe('Proposals of this administrator only.'),
  waiting: z
    .enum(['true', 'false'])
    .default('false')
    .describe('`true` for those only that nobody has decided and whose time is not over; some of them may be stale.'),
});

const reasonBody = shape({ reason: z.string().max(2000).default('').describe('For the author and the audit trail.') });

@ApiTags('proposals')
@Controller('admin/v1/proposals')
export class ProposalsController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly reviews: Reviews,
  ) {}

  @Get()
  @Operation({
    summary: 'List proposals',
    description: 'Changes that wait for a second administrator, and what became of earlier ones. Newest first.',
    role: 'read',
    status: 200,
    answer: listOf(proposalSummaryAnswer),
  })
  async list(@Query({ schema: proposalQuery }) { author, waiting, limit, after }: z.output<typeof proposalQuery>) {
    const undecidedAt = waiting === 'true' ? this.services.clock() : undefined;
    const { items, next } = await this.services.stores.proposals.list(defined({ author, undecidedAt }), defined({ limit, after }));
    const summaries = items.map((proposal) => {
      const { changes: _changes, findings: _findings, ...summary } = this.reviews.view(proposal);
      return summary;
    });
    return { items: summaries, next };
  }

  @Get(':proposal')
  @Operation({
    summary: 'Read a proposal',
    description: 'With all that it changes, member by member, and texts as unified diffs. Nothing secret is in it.',
    role: 'read',
    status: 200,
    answer: proposalAnswer,
    refuses: [404],
  })
  async read(@Param('proposal') id: string) {
    return this.reviews.view(await this.reviews.find(id));
  }

  @Post(':proposal/approve')
  @Operation({
    summary: 'Approve a proposal of another administrator',
    description:
      'Makes the very change that was proposed, in one transaction, if what it changes is as it was; else it is stale and has to be proposed again. ' +
      'Of simultaneous decisions one wins. Nobody approves what they have proposed themselves, nor by an administrator whose token they were shown.',
    role: 'admin',
    status: 200,
    answer: proposalAnswer,
    refuses: [404, 409, 422],
  })
  approve(@Param('proposal') id: string, @Req() request: FastifyRequest) {
    return this.reviews.approve(actorOf(request), id);
  }

  @Post(':proposal/reject')
  @Operation({
    summary: 'Reject a proposal',
    role: 'admin',
    status: 200,
    answer: proposalAnswer,
    refuses: [404, 409, 413, 415, 422],
  })
  reject(
    @Param('proposal') id: string,
    @Body({ schema: reasonBody.prefault({}) }) { reason }: z.output<typeof reasonBody>,
    @Req() request: FastifyRequest,
  ) {
    return this.reviews.reject(actorOf(request), id, reason);
  }

  @Post(':proposal/withdraw')
  @Operation({
    summary: 'Withdraw a proposal of your own',
    role: 'author',
    status: 200,
    answer: proposalAnswer,
    refuses: [404, 409],
  })
  withdraw(@Param('proposal') id: string, @Req() request: FastifyRequest) {
    return this.reviews.withdraw(actorOf(request), id);
  }
}

function actorOf({ administrator }: FastifyRequest): Actor {
  if (administrator === null) throw new Problem('unauthorized', 'Send an administrator token.');
  return administrator;
}
