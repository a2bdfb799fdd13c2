import { Body, Controller, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { shape, userPagesBody } from '#libs/configuration';
import { entityKey, previewPage, PREVIEW_PAGES, type UserPagesSettings } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { existing } from './editor.ts';
import { requireProfile } from './entity-answers.ts';
import { Operation } from './operation.ts';
import { notFound, Problem } from './problem.ts';

const page = z.enum(PREVIEW_PAGES).default('login');
const language = z.string().optional().meta({ description: 'One of `locales`; the first unless told.' });
const scheme = z.enum(['light', 'dark']);

/** What is to be looked at. */
export const previewBody = shape({
  userPages: userPagesBody.prefault({}).meta({ description: 'Settings as of an endpoint, stored or not.' }),
  page,
  language,
  scheme: scheme.nullable().default(null).meta({ description: 'Null for what the browser likes.' }),
});
const previewQuery = shape({
  page,
  language,
  scheme: scheme.optional().meta({ description: 'What the browser likes unless told.' }),
});
type Previewed = Omit<z.output<typeof previewBody>, 'userPages'>;

@ApiTags('endpoints')
@Controller('admin/v1/profiles/:profile')
export class UserPagesController {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  @Post('user-pages/preview')
  @Operation({
    summary: 'Look at a page for people before its settings are stored',
    description:
      'Answers one HTML document with sample data that stands alone. Its policy lets it run, load and send nothing. Nothing is stored.',
    role: 'read',
    status: 200,
    answer: ['text/html'],
    refuses: [404, 413, 415, 422],
  })
  preview(
    @Param('profile') profile: string,
    @Body({ schema: previewBody }) { userPages, ...previewed }: z.output<typeof previewBody>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    requireProfile(this.services.configuration.current, profile);
    return previewAnswered(userPages, previewed, 'invalid-body', reply);
  }

  @Get('endpoints/:endpoint/preview')
  @Operation({
    summary: 'Look at a page for people as it is stored',
    description:
      'Of an endpoint of kind `user-pages`: one HTML document with sample data that stands alone. Its policy lets it run, load and send nothing, and pages of this origin alone show it in a frame.',
    role: 'read',
    status: 200,
    answer: ['text/html'],
    refuses: [404],
  })
  previewStored(
    @Param('profile') profile: string,
    @Param('endpoint') id: string,
    @Query({ schema: previewQuery }) query: z.output<typeof previewQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    const key = entityKey(profile, id);
    const { userPages } = existing('endpoint', key, this.services.configuration.current.get('endpoint', key));
    if (userPages === null) throw notFound(`page of endpoint "${id}", which is of another kind than "user-pages"`);
    return previewAnswered(userPages, { ...query, scheme: query.scheme ?? null }, 'invalid-request', reply);
  }
}

/** @throws Problem of the given name for a language that the pages do not have */
function previewAnswered(
  settings: UserPagesSettings,
  previewed: Previewed,
  problem: 'invalid-body' | 'invalid-request',
  reply: FastifyReply,
): string {
  const { locales } = settings;
  const { page: shown, language: spoken = locales[0] ?? 'en', scheme: colours } = previewed;
  if (!locales.includes(spoken))
    throw new Problem(problem, 'The language is not one of the pages.', {
      errors: [{ pointer: '/language', message: `must be one of "locales": ${locales.join(', ')}` }],
    });
  const preview = previewPage(settings, { page: shown, language: spoken, scheme: colours });
  reply.headers({
    ...{ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': preview.policy },
    // The page of administrators shows in frames only what isolates itself as it does. HTML section 7.1.4.
    'cross-origin-embedder-policy': 'require-corp',
    ...{ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' },
  });
  return preview.html;
}
