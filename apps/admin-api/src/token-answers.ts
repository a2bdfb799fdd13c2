import { z } from 'zod';
import { tokenAnswer } from './answers.ts';

export const lookedUpTokenAnswer = z
  .strictObject({
    status: z
      .enum(['active', 'expired', 'revoked', 'unknown'])
      .describe('`unknown`: it is no token of this profile, or was deleted after it had expired.'),
    token: tokenAnswer
      .omit({ profile: true, subject: true, issuedAt: true })
      .nullable()
      .describe('Null where its record is not there (any more).'),
  })
  .meta({ id: 'LookedUpToken' });
