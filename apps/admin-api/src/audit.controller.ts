import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { shape } from '#libs/configuration';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { auditEventAnswer, listOf } from './answers.ts';
import { defined, pageQuery, wholeNumber } from './listing.ts';
import { Operation } from './operation.ts';

const auditQuery = shape({
  kind: z.string().max(128).optional().describe('Kind of what was changed, such as `client` or `delegation`.'),
  key: z.string().max(2048).optional().describe('Its ids, each percent-encoded, joined by `/`, such as `token-service/gateway_client`.'),
  actor: z.string().max(256).optional().describe('Administrator id, `file`, `cli` or `system`.'),
  action: z.string().max(128).optional().describe('What was done, such as `client.update`.'),
  since: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional().describe('From this time on, in seconds since 1970.'),
  until: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional().describe('Before this time, in seconds since 1970.'),
  before: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional().describe('Events before this one: the `next` of the page before.'),
  limit: pageQuery.shape.limit,
});

@ApiTags('audit')
@Controller('admin/v1/audit')
export class AuditController {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  @Get()
  @Operation({
    summary: 'List who changed what',
    description: 'Newest first. `next` is for `before`.',
    role: 'read',
    status: 200,
    answer: listOf(auditEventAnswer),
  })
  async list(@Query({ schema: auditQuery }) query: z.output<typeof auditQuery>) {
    // One more than asked for tells whether there is a next page.
    const events = await this.services.stores.audit.list({ ...defined(query), limit: query.limit + 1 });
    const items = events.slice(0, query.limit);
    return { items, next: events.length > items.length ? String(items.at(-1)?.id) : null };
  }
}
