import { z } from 'zod';
import { changeAnswer } from './proposal-views.ts';

export const configurationChangesAnswer = z
  .strictObject({
    revision: z.int(),
    changes: z.array(z.strictObject({ action: z.enum(['create', 'update', 'delete']), kind: z.string(), key: z.string() })),
    warnings: z
      .array(z.strictObject({ kind: z.string(), key: z.string(), message: z.string() }))
      .describe('What is less safe than it may seem in the configuration that results, whether it is new or not.'),
  })
  .meta({ id: 'ConfigurationChanges' });

export const configurationDiffAnswer = z
  .strictObject({
    revision: z.int().describe('Of the configuration that it was compared with.'),
    changes: z.array(changeAnswer).describe('With problems: what would change without them, as far as that can be said.'),
    refused: z
      .array(z.strictObject({ kind: z.string(), key: z.string() }))
      .describe('What was made in the service and differs from the file; each is a problem, too.'),
    problems: z
      .array(z.strictObject({ pointer: z.string(), line: z.int(), column: z.int(), message: z.string() }))
      .describe('Everything that is wrong with the text: with any of it nothing would be applied.'),
    warnings: z
      .array(z.strictObject({ kind: z.string(), key: z.string(), message: z.string() }))
      .describe('What is less safe than it may seem in the configuration that would result.'),
  })
  .meta({ id: 'ConfigurationDiff' });
