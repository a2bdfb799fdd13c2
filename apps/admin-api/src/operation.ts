import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiQuery, ApiResponse, ApiSecurity } from '@nestjs/swagger';
import { z } from 'zod';
import type { AdministratorRole } from '#libs/oauth';
import { NeedsRole, TakesBodies } from './admin.guard.ts';
import { JSON_TYPE } from './body-parsers.ts';
import { proposalAnswer } from './proposal-views.ts';

type ContentObject = Record<string, { schema: object }>;

export interface OperationOptions {
  readonly summary: string;
  /** More than the summary says, as Markdown. */
  readonly description?: string;
  /** The least role; `open` needs no token. */
  readonly role: AdministratorRole | 'open';
  /** The usual answer: its status and, unless it has no body, its JSON schema or its media types. */
  readonly status: number;
  readonly answer?: z.ZodType | readonly string[];
  /** Further statuses of success with what they mean, same body. */
  readonly also?: Readonly<Record<number, string>>;
  /** Statuses of refusal beside 400, 401, 403 and 500. */
  readonly refuses?: readonly number[];
  /** The answer carries an entity tag. */
  readonly tagged?: boolean;
  /** It changes one entity: conditional headers and `takeOver`. */
  readonly edits?: 'conditional' | 'put' | 'unowned';
  /** Where the four-eyes rule holds, or the role is less than `admin`, it is a proposal instead. */
  readonly proposes?: boolean;
  /** Bodies other than JSON. */
  readonly bodies?: readonly string[];
  /** Schema of a JSON body besides `bodies`. */
  readonly orJson?: z.ZodType;
}

const REFUSALS: Readonly<Record<number, string>> = {
  400: 'The request is malformed.',
  401: 'No administrator token, or a wrong one.',
  403: 'The role of the administrator does not allow it.',
  404: 'There is no such thing.',
  409: 'It conflicts with what there is; the problem type says how.',
  412: 'If-Match or If-None-Match did not hold.',
  413: 'The body is too large.',
  415: 'The body has another media type.',
  422: 'The body or the resulting configuration is not valid; nothing was changed.',
  429: 'Too many failed attempts at a time.',
  500: 'A defect of the service; its log has more.',
  503: 'The service cannot do this now.',
};

/** Says all of a route but its path: who may use it, what it takes and answers; and describes it so. */
export function Operation(options: OperationOptions): MethodDecorator {
  const { summary, description, role, status, answer, also = {}, tagged = false, edits, bodies } = options;
  const decorators: MethodDecorator[] = [
    HttpCode(status),
    ApiOperation({
      summary,
      description: [description, role === 'open' ? 'Open to all.' : `Needs the role \`${role}\`.`]
        .filter((part) => part !== undefined)
        .join('\n\n'),
      ...(bodies === undefined ? {} : { requestBody: { required: true, content: bodyContent(bodies, options.orJson) } }),
    }),
  ];
  const headers = tagged
    ? { headers: { ETag: { description: 'The revision that changed it last, quoted.', schema: { type: 'string' as const } } } }
    : {};
  for (const [code, text] of Object.entries({ ...also, [status]: 'Done.' })) {
    decorators.push(ApiResponse({ status: Number(code), description: text, ...headers, ...answerContent(answer) }));
  }
  if (options.proposes === true) {
    const waiting = 'Nothing is changed yet: it waits for another administrator, at the `Location`.';
    decorators.push(
      ApiResponse({ status: 202, description: waiting, standardSchema: proposalAnswer }),
      ApiQuery({
        ...{ name: 'proposalNote', required: false, schema: { type: 'string', maxLength: 2000 } },
        description: 'Where it becomes a proposal: why, for whoever is to approve it.',
      }),
    );
  }
  for (const code of refusals(options)) {
    const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
    decorators.push(ApiResponse({ status: code, description: REFUSALS[code] ?? 'Refused.', content }));
  }
  if (role !== 'open') decorators.push(NeedsRole(role), ApiSecurity('administrator'), ApiSecurity('session'));
  if (edits !== undefined) decorators.push(...editParameters(edits));
  if (bodies !== undefined) decorators.push(TakesBodies(...bodies, ...(options.orJson === undefined ? [] : [JSON_TYPE])));
  return applyDecorators(...decorators);
}

function refusals({ role, refuses = [], edits }: OperationOptions): Iterable<number> {
  if (role === 'open') return refuses;
  return new Set([400, 401, 403, 429, 500, ...refuses, ...(edits === undefined ? [] : [409, 412])]);
}

function answerContent(answer: OperationOptions['answer']): object {
  if (answer === undefined) return {};
  return answer instanceof z.ZodType ? { standardSchema: answer } : { content: textContent(answer) };
}

function textContent(types: readonly string[]): ContentObject {
  return Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' } }]));
}

function bodyContent(types: readonly string[], json: z.ZodType | undefined): ContentObject {
  const content = textContent(types);
  if (json !== undefined) content[JSON_TYPE] = { schema: z.toJSONSchema(json, { io: 'input' }) };
  return content;
}

function editParameters(edits: NonNullable<OperationOptions['edits']>): MethodDecorator[] {
  const parameters = [
    ApiHeader({ name: 'If-Match', required: false, description: 'Entity tag it must still have.', schema: { type: 'string' } }),
  ];
  if (edits === 'put')
    parameters.push(ApiHeader({ name: 'If-None-Match', required: false, description: '`*` to create only.', schema: { type: 'string' } }));
  if (edits !== 'unowned') {
    const description =
      "Change what a configuration file owns (role `admin`). It is the API's from then on, and a file that says otherwise about it is refused.";
    parameters.push(ApiQuery({ name: 'takeOver', required: false, description, schema: { type: 'boolean' } }));
  }
  return parameters;
}
