import { z } from 'zod';
import { PROCEDURE_LANGUAGES } from '#libs/oauth';
import { findingAnswer, flowAnswer, jsonObject } from './answers.ts';

/** What an editor of procedures is answered. */

const contextTypes = z.array(z.string()).describe('Types that `context` may have; the last has all members of the others.');
export const describedFlowAnswer = flowAnswer
  .extend({
    contextTypes,
    default: z.strictObject({ language: z.enum(PROCEDURE_LANGUAGES), source: z.string() }).describe('The procedure that is shipped.'),
    samples: z
      .array(z.strictObject({ name: z.string(), title: z.string(), context: jsonObject.describe('As a dry run takes it.') }))
      .describe('Contexts to try procedures of the flow in, the usual one first.'),
  })
  .meta({ id: 'DescribedFlow' });

const compilerOptions = jsonObject.describe('As in a `tsconfig.json`.');
export const declarationsAnswer = z
  .strictObject({
    flow: z.string(),
    contextTypes,
    typescript: z.string().describe('Version of the compiler of the check.'),
    compilerOptions: z.strictObject({ javascript: compilerOptions, typescript: compilerOptions }),
    files: z
      .array(z.strictObject({ path: z.string(), text: z.string() }))
      .describe('Files of the language such as `/lib.es5.d.ts`, and of procedures, below `/types`.'),
    libraries: z.array(
      z.strictObject({ path: z.string(), library: z.string(), version: z.int(), language: z.enum(PROCEDURE_LANGUAGES), text: z.string() }),
    ),
    procedure: z
      .strictObject({ javascript: z.string(), typescript: z.string(), suffix: z.string() })
      .describe('The path of the text itself, by its language, and what is appended to it so that its names may be those of globals.'),
  })
  .meta({ id: 'Declarations' });

export const checkAnswer = z
  .strictObject({
    passes: z.boolean().describe('Whether an upload would be stored.'),
    findings: z.array(findingAnswer).describe('Why it would not be; else advice.'),
  })
  .meta({ id: 'Check' });
