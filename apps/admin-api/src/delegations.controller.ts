import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { shape } from '#libs/configuration';
import { entityKey, type DelegationsOf } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { delegationAnswer, listOf, revocationsAnswer } from './answers.ts';
import { revocationsBody } from './bodies.ts';
import { EditOf, type Edit } from './edit.ts';
import { existing } from './editor.ts';
import { defined, pageQuery } from './listing.ts';
import { Operation } from './operation.ts';
import { notFound } from './problem.ts';
import { Revocation } from './revocation.ts';
import { delegationView } from './views.ts';

const text = z.string().min(1).max(1024);
const delegationQuery = shape({
  ...pageQuery.shape,
  clientId: text.optional(),
  owner: text.optional().describe('The resource owner; the client id for client credentials.'),
  status: z.enum(['active', 'revoked']).optional(),
});

@ApiTags('delegations and tokens')
@Controller('admin/v1/profiles/:profile')
export class DelegationsController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly revocation: Revocation,
  ) {}

  @Get('delegations')
  @Operation({ summary: 'List the delegations of a profile', role: 'read', status: 200, answer: listOf(delegationAnswer), refuses: [404] })
  async list(@Param('profile') profile: string, @Query({ schema: delegationQuery }) query: z.output<typeof delegationQuery>) {
    this.#profile(profile);
    const { limit, after, ...filter } = query;
    const { items, next } = await this.services.stores.tokens.listDelegations(defined({ profile, ...filter }), defined({ limit, after }));
    return { items: items.map(delegationView), next };
  }

  @Get('delegations/:delegation')
  @Operation({ summary: 'Read a delegation', role: 'read', status: 200, answer: delegationAnswer, refuses: [404] })
  async read(@Param('profile') profile: string, @Param('delegation') id: string) {
    this.#profile(profile);
    const delegation = await this.services.stores.tokens.findDelegation(profile, id);
    if (delegation === null) throw notFound(`delegation "${id}"`);
    return delegationView(delegation);
  }

  @Delete('delegations/:delegation')
  @Operation({ summary: 'Revoke a delegation with all its tokens', role: 'admin', status: 204, refuses: [404] })
  async revoke(@Param('profile') profile: string, @Param('delegation') id: string, @EditOf() edit: Edit): Promise<void> {
    this.#profile(profile);
    const delegation = await this.services.stores.tokens.findDelegation(profile, id);
    if (delegation === null) throw notFound(`delegation "${id}"`);
    await this.revocation.delegation(delegation, edit);
  }

  @Post('revocations')
  @Operation({
    summary: 'Revoke all delegations of a subject, of a client, or of a subject at a client',
    description:
      'Every active one there is, with all its tokens: up to 1000 in one transaction, more in several. One that is being made meanwhile may stay: disable the client first.',
    role: 'admin',
    status: 200,
    answer: revocationsAnswer,
    refuses: [404, 413, 415, 422],
  })
  async revokeAll(
    @Param('profile') profile: string,
    @Body({ schema: revocationsBody }) body: z.output<typeof revocationsBody>,
    @EditOf() edit: Edit,
  ) {
    this.#profile(profile);
    return { delegations: await this.revocation.delegations(profile, whoseDelegations(body), edit) };
  }

  #profile(profile: string): void {
    existing('profile', entityKey(profile), this.services.configuration.current.get('profile', entityKey(profile)));
  }
}

function whoseDelegations({ subject, clientId }: z.output<typeof revocationsBody>): DelegationsOf {
  if (subject !== undefined) return { owner: subject, ...defined({ clientId }) };
  if (clientId !== undefined) return { clientId };
  throw new Error('the body was let in without subject and clientId');
}
