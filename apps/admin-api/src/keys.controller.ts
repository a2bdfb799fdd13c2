import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { rotateSigningKeys } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { listOf, rotationAnswer, signingKeyAnswer } from './answers.ts';
import { rotationBody } from './bodies.ts';
import { EditOf, type Edit } from './edit.ts';
import { Editor } from './editor.ts';
import { pageOfProfile, requireProfile } from './entity-answers.ts';
import { pageQuery, type PageQuery } from './listing.ts';
import { Operation } from './operation.ts';
import { viewOf } from './views.ts';

@ApiTags('signing keys')
@Controller('admin/v1/profiles/:profile/keys')
export class KeysController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly editor: Editor,
  ) {}

  @Get()
  @Operation({
    summary: 'List the signing keys of a profile',
    description: 'Public parts only.',
    role: 'read',
    status: 200,
    answer: listOf(signingKeyAnswer),
    refuses: [404],
  })
  list(@Param('profile') profile: string, @Query({ schema: pageQuery }) query: PageQuery) {
    return pageOfProfile(this.services.configuration.current, 'signing-key', profile, query);
  }

  @Post('rotate')
  @Operation({
    summary: 'Rotate the signing keys of an algorithm',
    description:
      'The published next key becomes active, the active one retires and stays published until what it signed has expired, and a new next key is published. ' +
      'Refused with `Retry-After` while verifiers may not know the next key yet, unless it is an emergency.',
    role: 'admin',
    status: 200,
    answer: rotationAnswer,
    refuses: [404, 409, 413, 415, 422],
  })
  async rotate(
    @Param('profile') profile: string,
    @Body({ schema: rotationBody.prefault({}) }) body: z.output<typeof rotationBody>,
    @EditOf() edit: Edit,
  ) {
    const { clock, sealer } = this.services;
    const { result } = await this.editor.apply(edit, async (configuration) => {
      requireProfile(configuration, profile);
      const { changes, activated, retired, next } = await rotateSigningKeys(
        configuration,
        profile,
        body.algorithm,
        sealer,
        clock(),
        body.emergency,
      );
      return {
        changes: changes.map((change, index) => (index === 0 ? { ...change, action: 'signing-key.rotate' } : change)),
        result: { activated, retired, next },
      };
    });
    return {
      activated: viewOf('signing-key', result.activated),
      retired: result.retired === null ? null : viewOf('signing-key', result.retired),
      next: viewOf('signing-key', result.next),
    };
  }
}
