import { Body, Controller, Delete, Get, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { bucketBody, bucketOf, values, type BucketBody } from '#libs/configuration';
import { entityKey } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { bucketAnswer, listOf } from './answers.ts';
import { EditOf, type Edit } from './edit.ts';
import { Editor } from './editor.ts';
import { pageOfProfile, putAnswered, readAnswered, requireProfile } from './entity-answers.ts';
import { pageQuery, type PageQuery } from './listing.ts';
import { Operation } from './operation.ts';

@ApiTags('buckets')
@Controller('admin/v1/profiles/:profile/buckets')
export class BucketsController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly editor: Editor,
  ) {}

  @Get()
  @Operation({ summary: 'List the buckets of a profile', role: 'read', status: 200, answer: listOf(bucketAnswer), refuses: [404] })
  list(@Param('profile') profile: string, @Query({ schema: pageQuery }) query: PageQuery) {
    return pageOfProfile(this.services.configuration.current, 'bucket', profile, query);
  }

  @Get(':bucket')
  @Operation({ summary: 'Read a bucket', role: 'read', status: 200, answer: bucketAnswer, tagged: true, refuses: [404] })
  read(@Param('profile') profile: string, @Param('bucket') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return readAnswered(this.services.configuration.current, 'bucket', entityKey(profile, id), reply);
  }

  @Put(':bucket')
  @Operation({
    summary: 'Create or replace a bucket',
    description: 'Its entries stay as they are.',
    role: 'admin',
    status: 200,
    answer: bucketAnswer,
    also: { 201: 'Created.' },
    tagged: true,
    edits: 'put',
    refuses: [404, 413, 415, 422],
  })
  async put(
    @Param('profile') profile: string,
    @Param('bucket', { schema: values.id }) id: string,
    @Body({ schema: bucketBody.prefault({}) }) body: BucketBody,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const edited = await this.editor.put(edit, 'bucket', entityKey(profile, id), (_before, configuration) => {
      requireProfile(configuration, profile);
      return bucketOf(profile, id, body, 'api');
    });
    return putAnswered('bucket', edited, reply);
  }

  @Delete(':bucket')
  @Operation({
    summary: 'Delete a bucket with all its entries',
    description: 'Procedures that name it fail from now on.',
    role: 'admin',
    status: 204,
    edits: 'conditional',
    refuses: [404],
  })
  delete(@Param('profile') profile: string, @Param('bucket') id: string, @EditOf() edit: Edit): Promise<void> {
    return this.editor.remove(edit, 'bucket', entityKey(profile, id));
  }
}
