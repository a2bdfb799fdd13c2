import { Injectable, type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { problemAnswer } from './answers.ts';

interface Converted {
  readonly schema: Record<string, unknown>;
  readonly components: Record<string, Record<string, unknown>>;
}

/** The OpenAPI 3.1 description of the admin API, made of the routes and their schemas. */
@Injectable()
export class OpenApiDocument {
  text = '';

  /** Makes the description; called once the routes are known. */
  describe(app: INestApplication, version: string): void {
    const config = new DocumentBuilder()
      .setOpenAPIVersion('3.1.0')
      .setTitle('Tokenwright admin API')
      .setDescription(
        'Configures the token service. All errors are problem details (RFC 9457) of type `urn:tokenwright:problem:<name>`. ' +
          'Entities carry entity tags: send them back as `If-Match` and a change that somebody else made meanwhile is not overwritten.',
      )
      .setVersion(version)
      .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
      .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'Token of an administrator, `twadm_...`.' }, 'administrator')
      .addCookieAuth(
        '__Host-tokenwright-admin',
        {
          type: 'apiKey',
          in: 'cookie',
          description:
            'Session of a browser, from `POST /admin/v1/session`. Requests that change something also send `X-CSRF-Token`, which `GET /admin/v1/session` tells, and come from the same origin.',
        },
        'session',
      )
      .build();
    const document = SwaggerModule.createDocument(app, config, {
      operationIdFactory: (controller, method) =>
        `${controller.replace(/Controller$/, '').replace(/^./, (first) => first.toLowerCase())}.${method}`,
      standardSchemaConverter: (schema, { schemaType }) => convert(schema as z.ZodType, schemaType),
    });
    const problem = convert(problemAnswer, 'output');
    document.components = { ...document.components, schemas: { ...document.components?.schemas, ...problem.components } };
    // What components refer to among themselves was named for a schema that stands alone.
    this.text = JSON.stringify(document).replaceAll('"#/$defs/', '"#/components/schemas/');
  }
}

/** JSON schema of a zod schema; those with an id become components. */
function convert(schema: z.ZodType, io: 'input' | 'output'): Converted {
  const {
    $schema: _dialect,
    $defs = {},
    ...rest
  } = z.toJSONSchema(schema, { io, target: 'draft-2020-12', override: ({ jsonSchema }) => dropObviousBounds(jsonSchema) });
  return { schema: rest, components: $defs };
}

/** Whole numbers need no word that they are exact. */
function dropObviousBounds(schema: { minimum?: number; maximum?: number }): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}
