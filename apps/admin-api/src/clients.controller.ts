import { Body, Controller, Delete, Get, Inject, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { clientBody, clientOf, shape, values, type ClientBody } from '#libs/configuration';
import { entityKey, SECRET_METHODS } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { clientAnswer, createdClientAnswer, createdSecretAnswer, listOf } from './answers.ts';
import { newClientBody, newSecretBody, type NewSecretBody } from './bodies.ts';
import { makeSecret, withSecret } from './client-secrets.ts';
import { EditOf, tag, type Edit } from './edit.ts';
import { Editor, existing } from './editor.ts';
import { putAnswered, readAnswered, requireProfile } from './entity-answers.ts';
import { page, pageQuery } from './listing.ts';
import { Operation } from './operation.ts';
import type { ReviewOptions } from './reviews.ts';
import { notFound, Problem } from './problem.ts';
import { secretId, secretView, viewOf } from './views.ts';

const clientQuery = shape({ ...pageQuery.shape, q: z.string().max(256).optional().describe('Part of an id or name, in any case.') });

@ApiTags('clients')
@Controller('admin/v1/profiles/:profile/clients')
export class ClientsController {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly editor: Editor,
  ) {}

  @Get()
  @Operation({
    summary: 'List or search the clients of a profile',
    role: 'read',
    status: 200,
    answer: listOf(clientAnswer),
    refuses: [404],
  })
  list(@Param('profile') profile: string, @Query({ schema: clientQuery }) query: z.output<typeof clientQuery>) {
    const { current } = this.services.configuration;
    existing('profile', entityKey(profile), current.get('profile', entityKey(profile)));
    const part = query.q?.toLowerCase() ?? '';
    return page(
      current,
      'client',
      query,
      ({ profile: owner, id, name }) => owner === profile && (id.toLowerCase().includes(part) || name.toLowerCase().includes(part)),
    );
  }

  @Post()
  @Operation({
    summary: 'Create a client',
    description:
      'The answer has the secret, this once. Without a chosen one it is generated where the client authenticates by it; `"secret": null` makes a client without.',
    role: 'admin',
    proposes: true,
    status: 201,
    answer: createdClientAnswer,
    tagged: true,
    refuses: [404, 409, 413, 415, 422],
  })
  async create(
    @Param('profile') profile: string,
    @Body({ schema: newClientBody }) body: z.output<typeof newClientBody>,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { id, secret: chosen, ...rest } = body;
    const key = entityKey(profile, id);
    this.#refuseExisting(key);
    const secret = chosen === null || (chosen === undefined && !usesSecrets(rest)) ? null : await makeSecret(chosen, this.services.clock());
    const { value, revision } = await this.editor.put(
      edit,
      'client',
      key,
      (before, configuration) => {
        requireProfile(configuration, profile);
        if (before !== undefined) throw alreadyExists();
        return clientOf(profile, id, rest, secret === null ? [] : [secret.stored], 'api');
      },
      { review: revealing(secret) },
    );
    tag(reply, revision);
    reply.header('location', `/admin/v1/profiles/${encodeURIComponent(profile)}/clients/${encodeURIComponent(id)}`);
    return { ...viewOf('client', value), ...(secret === null ? {} : { secret: secret.text }) };
  }

  @Get(':client')
  @Operation({ summary: 'Read a client', role: 'read', status: 200, answer: clientAnswer, tagged: true, refuses: [404] })
  read(@Param('profile') profile: string, @Param('client') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return readAnswered(this.services.configuration.current, 'client', entityKey(profile, id), reply);
  }

  @Put(':client')
  @Operation({
    summary: 'Create or replace a client but for its secrets',
    description:
      'Its secrets stay as they are; one created here has none, so that it has to authenticate by something else to have a capability: create others with `POST`.',
    role: 'admin',
    proposes: true,
    status: 200,
    answer: clientAnswer,
    also: { 201: 'Created.' },
    tagged: true,
    edits: 'put',
    refuses: [404, 413, 415, 422],
  })
  async put(
    @Param('profile') profile: string,
    @Param('client', { schema: values.clientId }) id: string,
    @Body({ schema: clientBody }) body: ClientBody,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const edited = await this.editor.put(edit, 'client', entityKey(profile, id), (before, configuration) => {
      requireProfile(configuration, profile);
      return clientOf(profile, id, body, before?.secrets ?? [], 'api');
    });
    return putAnswered('client', edited, reply);
  }

  @Delete(':client')
  @Operation({
    summary: 'Delete a client',
    description: 'Its delegations and tokens stay until they expire: `POST .../revocations` ends them.',
    role: 'admin',
    proposes: true,
    status: 204,
    edits: 'conditional',
    refuses: [404],
  })
  delete(@Param('profile') profile: string, @Param('client') id: string, @EditOf() edit: Edit): Promise<void> {
    return this.editor.remove(edit, 'client', entityKey(profile, id));
  }

  @Post(':client/secrets')
  @Operation({
    summary: 'Add a secret to a client',
    description: 'At most two are valid at a time, so that they can be changed without a gap. The answer has the secret, this once.',
    role: 'admin',
    proposes: true,
    status: 201,
    answer: createdSecretAnswer,
    tagged: true,
    edits: 'conditional',
    refuses: [404, 413, 415, 422],
  })
  async addSecret(
    @Param('profile') profile: string,
    @Param('client') id: string,
    @Body({ schema: newSecretBody.prefault({}) }) body: NewSecretBody,
    @EditOf() edit: Edit,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { clock, configuration: live } = this.services;
    const key = entityKey(profile, id);
    existing('client', key, live.current.get('client', key));
    const secret = await makeSecret(body.secret, clock());
    const { revision } = await this.editor.update(
      edit,
      'client',
      key,
      (client) => ({ ...client, secrets: withSecret(client.secrets, secret.stored, body.expireOthersIn, clock()), origin: 'api' }),
      { action: 'client.add-secret', review: revealing(secret) },
    );
    tag(reply, revision);
    return { ...secretView(secret.stored), secret: secret.text };
  }

  @Delete(':client/secrets/:secret')
  @Operation({ summary: 'Delete a secret of a client', role: 'admin', status: 204, edits: 'conditional', refuses: [404, 422] })
  async deleteSecret(
    @Param('profile') profile: string,
    @Param('client') id: string,
    @Param('secret') secret: string,
    @EditOf() edit: Edit,
  ): Promise<void> {
    await this.editor.update(
      edit,
      'client',
      entityKey(profile, id),
      (client) => {
        const secrets = client.secrets.filter((known) => secretId(known) !== secret);
        if (secrets.length === client.secrets.length) throw notFound('secret of this id');
        return { ...client, secrets, origin: 'api' };
      },
      { action: 'client.delete-secret' },
    );
  }

  /** Looks before a slow hash is made; the change itself looks again. */
  #refuseExisting(key: string): void {
    if (this.services.configuration.current.get('client', key) !== undefined) throw alreadyExists();
  }
}

function usesSecrets({ authentication }: ClientBody): boolean {
  return (authentication?.methods ?? SECRET_METHODS).some((method) => SECRET_METHODS.includes(method));
}

function alreadyExists(): Problem {
  return new Problem('already-exists', 'The profile has a client of this id.');
}

/** The secret of a proposal is told with it, this once. */
function revealing(secret: { readonly text: string } | null): ReviewOptions {
  return secret === null ? {} : { reveals: { secret: secret.text } };
}
