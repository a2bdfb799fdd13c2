import { Controller, Delete, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { shape } from '#libs/configuration';
import { entityKey, type BucketEntry } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { bucketEntryAnswer, clearedAnswer, listOf } from './answers.ts';
import { EditOf, type Edit } from './edit.ts';
import { existing } from './editor.ts';
import { Operation } from './operation.ts';
import { entryView } from './views.ts';

const subjectQuery = shape({ subject: z.string().min(1).max(512).describe('Whose entries.') });
type SubjectQuery = z.output<typeof subjectQuery>;

@ApiTags('buckets')
@Controller('admin/v1/profiles/:profile/buckets/:bucket/entries')
export class BucketEntriesController {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  @Get()
  @Operation({
    summary: 'List what a bucket holds for a subject',
    description: 'By purpose, at most 1000 entries; there is no further page.',
    role: 'read',
    status: 200,
    answer: listOf(bucketEntryAnswer),
    refuses: [404],
  })
  async list(
    @Param('profile') profile: string,
    @Param('bucket') bucket: string,
    @Query({ schema: subjectQuery }) { subject }: SubjectQuery,
  ) {
    return { items: (await this.#entries(profile, bucket, subject)).map(entryView), next: null };
  }

  @Delete()
  @Operation({
    summary: 'Delete what a bucket holds for a subject',
    description: 'The audit event is written first, with the purposes and without the attributes.',
    role: 'admin',
    status: 200,
    answer: clearedAnswer,
    refuses: [404],
  })
  async clear(
    @Param('profile') profile: string,
    @Param('bucket') bucket: string,
    @Query({ schema: subjectQuery }) { subject }: SubjectQuery,
    @EditOf() edit: Edit,
  ) {
    const entries = await this.#entries(profile, bucket, subject);
    if (entries.length === 0) return { entries: 0 };
    const { stores, clock } = this.services;
    await stores.audit.append([
      {
        at: clock(),
        actor: edit.actor.id,
        action: 'bucket.clear',
        kind: 'bucket',
        key: entityKey(profile, bucket),
        before: { subject, purposes: entries.map(({ purpose }) => purpose) },
        after: null,
      },
    ]);
    return { entries: await stores.buckets.clear(profile, bucket, subject) };
  }

  async #entries(profile: string, bucket: string, subject: string): Promise<readonly BucketEntry[]> {
    const key = entityKey(profile, bucket);
    existing('bucket', key, this.services.configuration.current.get('bucket', key));
    return this.services.stores.buckets.list(profile, bucket, subject);
  }
}
