import { z } from 'zod';
import {
  chosenSecret,
  clientBody,
  flowId,
  libraryReferences,
  scriptLanguage,
  secretNames,
  shape,
  values,
  versionNote,
} from '#libs/configuration';
import { ADMINISTRATOR_ROLES, SIGNING_ALGORITHMS } from '#libs/oauth';
import { wholeNumber } from './listing.ts';
import { uploadText } from './script-body.ts';

/** Bodies and parameters that only the admin API has; the entities' own are the configuration's. */

const version = z.int().min(1).max(1_000_000);
const jsonObject = z.record(z.string(), z.unknown());
const texts = z.record(z.string().max(256), z.string().max(65_536));

export const newClientBody = shape({
  id: values.clientId,
  ...clientBody.shape,
  secret: chosenSecret
    .nullable()
    .optional()
    .describe(
      'A secret that a person chose; without the member one is generated, unless the client has other methods of authentication only; with null the client has none.',
    ),
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

/** Of a procedure or library. */
export const scriptChangeBody = shape({ description: values.description });

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
export const takeOver = flag.optional();
export const proposalNote = z.string().optional();

/** A list as a parameter that may be repeated. */
const repeated = <T extends z.ZodType>(list: T) => z.preprocess((value) => (typeof value === 'string' ? [value] : value), list.optional());

export const procedureUploadBody = shape({
  ...uploadText,
  libraries: libraryReferences.optional(),
  secrets: secretNames.optional(),
});
export const libraryUploadBody = shape(uploadText);

const uploadParameters = {
  note: versionNote.optional().describe('What is new in the version.'),
  language: scriptLanguage.optional().describe('What it is written in; by default what body or media type say.'),
  activate: flag.default(false).describe('Activates the version too; needs the role `admin`.'),
  latest: wholeNumber(0, 1_000_000)
    .optional()
    .describe(
      'The latest version must still have this number, 0 for none; else the answer is 412, and nothing that somebody else has saved goes unseen.',
    ),
  takeOver,
  proposalNote,
};
export const evenIfFailing = flag.default(false).describe('Activates it even when it fails in a sample; the audit trail says so.');
export const activationQuery = shape({ evenIfFailing, takeOver, proposalNote });
export const procedureUploadQuery = shape({
  flow: flowId.optional().describe('Creates the procedure for this flow when there is none of this id.'),
  ...uploadParameters,
  evenIfFailing,
  library: repeated(libraryReferences).describe(
    'Global script that it uses, such as `claims@2`; without a version its active one is pinned. May be repeated, in the order of evaluation.',
  ),
  secret: repeated(secretNames).describe('Secret of the profile that it may read once it is activated or bound. May be repeated.'),
});
export const libraryUploadQuery = shape(uploadParameters);

export const diffQuery = shape({ from: wholeNumber(1, 1_000_000), to: wholeNumber(1, 1_000_000) });

export const versionBody = shape({ version });

/** What a procedure is tried in: everything about a request but the procedure. */
const contextMembers = {
  endpoint: values.id.optional().describe("The endpoint it would be bound to; by default the profile's first of the flow's kind."),
  client: values.clientId
    .optional()
    .describe('The calling client, whose properties, scopes and rules count; by default a sample that may do anything.'),
  account: z
    .string()
    .min(1)
    .max(1024)
    .optional()
    .describe('Id or username of an account: who the flow is about, with what is known of the person.'),
  subject: z.string().min(1).max(1024).optional().describe('Who the flow is about, where there is no account.'),
  token: z
    .string()
    .min(1)
    .max(65_536)
    .optional()
    .describe(
      'A token, opaque or a JWT of the profile, that is looked up as introspection would. It is stored and logged nowhere, and the procedure sees another value in its place.',
    ),
  metadata: jsonObject.optional().describe("Client registration: the metadata of the request, over the sample's. RFC 7591 section 2."),
  tokenData: jsonObject.nullable().optional().describe("Data of the presented token, over the sample's; null for an inactive token."),
  scopes: z.array(values.scopeName).max(1000).optional(),
  form: texts.optional().describe("Form parameters, over the sample's."),
  request: shape({ headers: texts.optional(), query: texts.optional(), clientIpAddress: z.union([z.ipv4(), z.ipv6()]).optional() })
    .optional()
    .describe("The rest of the request, over the sample's."),
  answers: z
    .array(shape({ call: z.string().min(1).max(500), answer: z.json() }))
    .max(32)
    .optional()
    .describe(
      'What services answer, such as `{ "call": "http GET api.example.com/users", "answer": { "statusCode": 200, "body": {} } }`; the report shows in `calls` what is called. Without an answer HTTP and published key sets fail; cache and buckets are empty.',
    ),
};

/** The same in a member of its own, as samples have it. */
export const dryRunContextBody = shape(contextMembers).describe(
  'What it is tried in; its members may stand beside it, too, though not both.',
);

const triedText = {
  source: uploadText.source,
  language: uploadText.language,
  libraries: libraryReferences
    .optional()
    .describe('Stored libraries that the source uses, such as `claims@2`, in the order of evaluation; without a version the active one.'),
};

export const sampleRunBody = shape({
  ...triedText,
  secrets: secretNames.optional().describe('Names of the secrets it may read, in whose places it gets labels; by default none.'),
});

export const dryRunBody = shape({
  profile: values.id,
  flow: flowId,
  program: z
    .union([
      shape({
        ...triedText,
        secrets: secretNames.optional().describe('Names of the secrets it may read, in whose places it gets labels; by default all.'),
      }),
      shape({ procedure: values.id, version }),
    ])
    .describe('A source that is not stored, with the libraries it uses, or a stored version, which has those it pins.'),
  ...contextMembers,
  context: dryRunContextBody.optional(),
}).refine(
  ({ context, profile: _profile, flow: _flow, program: _program, ...beside }) => context === undefined || Object.keys(beside).length === 0,
  { message: 'leave out what stands beside it, or put that into it', path: ['context'] },
);

export const sampleBody = shape({
  description: values.description.default(''),
  sample: jsonObject
    .optional()
    .describe(
      'Self-contained, as tests of procedures write it: `{ "client": { "properties": {} }, "user": "alice", "scopes": ["read"] }`.',
    ),
  profile: values.id.optional().describe('With `context`: where client, account and token are looked up.'),
  context: dryRunContextBody
    .optional()
    .describe('In the place of `sample`: as a dry run takes it. What it names is looked up and kept as data; tokens are not kept.'),
  expect: jsonObject
    .default({})
    .describe(
      'What must hold: `outcome`, `status`, `headers`, `response`, `claims`, `tokens`, `error`, `fault`, `log`; nothing for: it is answered.',
    ),
});

export const checkBody = shape({
  source: uploadText.source,
  language: uploadText.language,
  flow: flowId.nullable().describe('Null for a library.'),
  libraries: libraryReferences.optional().describe('Stored libraries that the text uses, as at an upload.'),
  secrets: secretNames.optional(),
});

export const declarationsQuery = shape({
  library: repeated(libraryReferences).describe(
    'Stored library that the text uses, such as `claims@2`; without a version its active one. May be repeated, in the order of evaluation.',
  ),
});

export const tokenLookupBody = shape({
  token: z
    .string()
    .trim()
    .min(1)
    .max(16_384)
    .describe('An opaque token, a JWT access token or a wrapped opaque token, as clients have it.'),
});

export const revocationsBody = shape({
  subject: z.string().min(1).max(1024).optional().describe('The resource owner; the client id for client credentials.'),
  clientId: values.clientId.optional(),
}).refine((body) => body.clientId !== undefined || body.subject !== undefined, 'must have subject, clientId or both');

/** Actors of the audit trail that are no administrators. */
const RESERVED = new Set(['file', 'cli', 'system']);

export const newAdministratorBody = shape({
  id: values.id.refine((id) => !RESERVED.has(id.toLowerCase()), 'is reserved'),
  role: z.enum(ADMINISTRATOR_ROLES),
});
