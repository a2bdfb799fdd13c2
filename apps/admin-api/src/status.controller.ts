import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ENTITY_KINDS } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { statusAnswer } from './answers.ts';
import { Operation } from './operation.ts';

@ApiTags('status')
@Controller('admin/v1')
export class StatusController {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  @Get('status')
  @Operation({ summary: 'See how this node is', role: 'read', status: 200, answer: statusAnswer })
  status() {
    const { configuration: live, version, baseUrl, ready, sandbox, stores, recentFaults, fourEyes } = this.services;
    return {
      version,
      revision: live.current.revision,
      baseUrl,
      fourEyes,
      ...ready(),
      database: stores.dialect,
      entities: Object.fromEntries(ENTITY_KINDS.map((kind) => [kind, live.current.count(kind)])),
      sandbox: sandbox.status(),
      faults: recentFaults(),
    };
  }
}
