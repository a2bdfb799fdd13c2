import { Body, Controller, Delete, Get, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { bucketBody, bucketOf, values, type BucketBody } from '#libs/configuration';
import { entityKey } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { bucketAnswer, listOf } from './answers.ts';
import { EditOf, tag, type Edit } from './edit.ts';
import { Editor, existing } from './editor.ts';
import { page, pageQuery, type PageQuery } from './listing.ts';
import { Operation } from './operation.ts';
import { viewOf } from './views.ts';

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
    const { current } = this.services.configuration;
    existing('profile', entityKey(profile), current.get('profile', entityKey(profile)));
    return page(current, 'bucket', query, (bucket) => bucket.profile === profile);
  }

  @Get(':bucket')
  @Operation({ summary: 'Read a bucket', role: 'read', status: 200, answer: bucketAnswer, tagged: true, refuses: [404] })
  read(@Param('profile') profile: string, @Param('bucket') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    const key = entityKey(profile, id);
    const stored = existing('bucket', key, this.services.configuration.current.stored('bucket', key));
    tag(reply, stored.revision);
    return viewOf('bucket', stored.value);
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
    const { value, revision, created } = await this.editor.put(edit, 'bucket', entityKey(profile, id), (_before, configuration) => {
      existing('profile', entityKey(profile), configuration.get('profile', entityKey(profile)));
      return bucketOf(profile, id, body, 'api');
    });
    if (created) reply.code(201);
    tag(reply, revision);
    return viewOf('bucket', value);
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
  async delete(@Param('profile') profile: string, @Param('bucket') id: string, @EditOf() edit: Edit): Promise<void> {
    await this.editor.remove(edit, 'bucket', entityKey(profile, id));
    // Another bucket of this id is not to find them.
    await this.services.stores.buckets.clear(profile, id);
  }
}
