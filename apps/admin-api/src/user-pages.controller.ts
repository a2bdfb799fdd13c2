import { Body, Controller, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { shape, userPagesBody } from '#libs/configuration';
import { previewPage, PREVIEW_PAGES } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { requireProfile } from './entity-answers.ts';
import { Operation } from './operation.ts';
import { Problem } from './problem.ts';

/** What is to be looked at. */
export const previewBody = shape({
  userPages: userPagesBody.prefault({}).meta({ description: 'Settings as of an endpoint, stored or not.' }),
  page: z.enum(PREVIEW_PAGES).default('login'),
  language: z.string().optional().meta({ description: 'One of `locales`; the first unless told.' }),
  scheme: z.enum(['light', 'dark']).nullable().default(null).meta({ description: 'Null for what the browser likes.' }),
});

@ApiTags('endpoints')
@Controller('admin/v1/profiles/:profile/user-pages')
export class UserPagesController {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  @Post('preview')
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
    @Body({ schema: previewBody }) { userPages, page, scheme, language = userPages.locales[0] ?? 'en' }: z.output<typeof previewBody>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    requireProfile(this.services.configuration.current, profile);
    if (!userPages.locales.includes(language))
      throw new Problem('invalid-body', 'The body is not valid.', {
        errors: [{ pointer: '/language', message: `must be one of "locales": ${userPages.locales.join(', ')}` }],
      });
    const preview = previewPage(userPages, { page, language, scheme });
    reply.headers({
      ...{ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': preview.policy },
      ...{ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' },
    });
    return preview.html;
  }
}
