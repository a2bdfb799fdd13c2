import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { shape } from '#libs/configuration';
import { entityKey } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { listOf, tokenAnswer } from './answers.ts';
import { tokenLookupBody } from './bodies.ts';
import { EditOf, type Edit } from './edit.ts';
import { existing } from './editor.ts';
import { defined, pageQuery } from './listing.ts';
import { Operation } from './operation.ts';
import { lookUp } from './presented-token.ts';
import { Revocation } from './revocation.ts';
import { lookedUpTokenAnswer } from './token-answers.ts';
import { tokenView } from './views.ts';

const text = z.string().min(1).max(1024);
const tokenQuery = shape({
  ...pageQuery.shape,
  clientId: text.optional(),
  subject: text.optional(),
  delegationId: text.optional(),
  active: z.enum(['true', 'false']).optional().describe('`true` leaves revoked and expired ones out.'),
});

@ApiTags('delegations and tokens')
@Controller('admin/v1/profiles/:profile/tokens')
export class TokensController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly revocation: Revocation,
  ) {}

  @Get()
  @Operation({
    summary: 'List the tokens of a profile',
    description: 'Never their values or hashes.',
    role: 'read',
    status: 200,
    answer: listOf(tokenAnswer),
    refuses: [404],
  })
  async list(@Param('profile') profile: string, @Query({ schema: tokenQuery }) query: z.output<typeof tokenQuery>) {
    existing('profile', entityKey(profile), this.services.configuration.current.get('profile', entityKey(profile)));
    const { limit, after, active, ...filter } = query;
    const activeAt = active === 'true' ? this.services.clock() : undefined;
    const { items, next } = await this.services.stores.tokens.listTokens(
      defined({ profile, ...filter, activeAt }),
      defined({ limit, after }),
    );
    return { items: items.map(tokenView), next };
  }

  @Post('lookup')
  @Operation({
    summary: 'Tell what a token is that somebody presents',
    description: 'And whether it is active, whichever client it is of. The token is neither kept nor logged, and no procedure is asked.',
    role: 'read',
    status: 200,
    answer: lookedUpTokenAnswer,
    refuses: [404, 413, 415, 422],
  })
  async lookUp(@Param('profile') profile: string, @Body({ schema: tokenLookupBody }) { token }: z.output<typeof tokenLookupBody>) {
    const { current } = this.services.configuration;
    return lookUp(this.services, existing('profile', entityKey(profile), current.get('profile', entityKey(profile))), token);
  }

  @Delete(':token')
  @Operation({
    summary: 'Revoke a token',
    description: 'By its public id; one that is revoked already stays so.',
    role: 'admin',
    status: 204,
    refuses: [404],
  })
  async revoke(@Param('profile') profile: string, @Param('token') id: string, @EditOf() edit: Edit): Promise<void> {
    existing('profile', entityKey(profile), this.services.configuration.current.get('profile', entityKey(profile)));
    await this.revocation.token(profile, id, edit);
  }
}
