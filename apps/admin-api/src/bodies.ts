import { z } from 'zod';
import { chosenSecret, clientBody, flowId, shape, values, versionNote } from '#libs/configuration';
import { ADMINISTRATOR_ROLES, DEFAULT_LIMITS, SIGNING_ALGORITHMS } from '#libs/oauth';

/** Bodies and parameters that only the admin API has; the entities' own are the configuration's. */

const version = z.int().min(1).max(1_000_000);
const jsonObject = z.record(z.string(), z.unknown());

export const newClientBody = shape({
  id: values.clientId,
  ...clientBody.shape,
  secret: chosenSecret
    .nullable()
    .optional()
    .describe('A secret that a person chose; without the member one is generated, with null the client has none.'),
});

export const newSecretBody = shape({
  secret: chosenSecret.optional().describe('A secret that a person chose; without it one is generated.'),
  expireOthersIn: z
    .int()
    .min(0)
    .max(31_536_000)
    .optional()
    .describe('Seconds after which the present secrets are refused; 0 for at once. Without it they stay.'),
});
export type NewSecretBody = z.output<typeof newSecretBody>;

export const rotationBody = shape({
  algorithm: z.enum(SIGNING_ALGORITHMS).default('ES256'),
  emergency: z.boolean().default(false).describe('The active key is compromised: rotate at once and stop publishing it.'),
});

export const procedureChangeBody = shape({ description: values.description });

const source = z.string().min(1).max(DEFAULT_LIMITS.sourceBytes).describe('JavaScript that declares `function result(context)`.');
export const uploadBody = shape({ source, note: versionNote.optional() });

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
export const takeOver = flag.optional();
export const uploadQuery = shape({
  flow: flowId.optional().describe('Creates the procedure for this flow when there is none of this id.'),
  note: versionNote.optional().describe('What is new in the version.'),
  activate: flag.default(false).describe('Activates the version too; needs the role `admin`.'),
  takeOver,
});

export const versionBody = shape({ version });

export const dryRunBody = shape({
  profile: values.id,
  flow: flowId,
  program: z
    .union([shape({ source }), shape({ procedure: values.id, version })])
    .describe('A source that is not stored, or a stored version.'),
  endpoint: values.id.optional().describe("The endpoint it would be bound to; by default the profile's first of the flow's kind."),
  client: values.clientId.optional().describe('The calling client; by default a sample.'),
  tokenData: jsonObject.nullable().optional().describe("Data of the presented token, over the sample's; null for an inactive token."),
  scopes: z.array(values.scopeName).max(1000).optional(),
  form: z.record(z.string().max(256), z.string().max(65_536)).optional().describe("Form parameters, over the sample's."),
});

export const revocationsBody = shape({
  clientId: values.clientId.optional(),
  subject: z.string().min(1).max(1024).optional(),
}).refine((body) => (body.clientId === undefined) !== (body.subject === undefined), 'must have either clientId or subject');

/** Actors of the audit trail that are no administrators. */
const RESERVED = new Set(['file', 'cli', 'system']);

export const newAdministratorBody = shape({
  id: values.id.refine((id) => !RESERVED.has(id.toLowerCase()), 'is reserved'),
  role: z.enum(ADMINISTRATOR_ROLES),
});
