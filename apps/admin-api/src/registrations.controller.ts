import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { shape } from '#libs/configuration';
import { entityKey, newInitialAccessToken, registrationEvent, type Endpoint, type NewAuditEvent } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { listOf } from './answers.ts';
import { EditOf, type Edit } from './edit.ts';
import { existing } from './editor.ts';
import { defined, pageQuery, type PageQuery } from './listing.ts';
import { Operation } from './operation.ts';
import { notFound, Problem } from './problem.ts';
import {
  createdTokenAnswer,
  dynamicClientAnswer,
  dynamicClientView,
  initialAccessTokenAnswer,
  initialAccessTokenBody,
  initialAccessTokenView,
  type InitialAccessTokenBody,
} from './registration-shapes.ts';

const clientQuery = shape({ ...pageQuery.shape, template: z.string().min(1).max(128).optional().describe('Those made by this template.') });

/** Clients that register themselves, and the tokens by which they may. They are data, not configuration: no file has them. */
@ApiTags('registered clients')
@Controller('admin/v1/profiles/:profile')
export class RegistrationsController {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  @Get('dynamic-clients')
  @Operation({
    summary: 'List the clients that have registered themselves',
    description: 'Newest first.',
    role: 'read',
    status: 200,
    answer: listOf(dynamicClientAnswer),
    refuses: [404],
  })
  async list(@Param('profile') profile: string, @Query({ schema: clientQuery }) query: z.output<typeof clientQuery>) {
    this.#profile(profile);
    const { limit, after, template } = query;
    const { items, next } = await this.services.stores.dynamicClients.list(defined({ profile, template }), defined({ limit, after }));
    return { items: items.map(dynamicClientView), next };
  }

  @Get('dynamic-clients/:client')
  @Operation({
    summary: 'Read a client that has registered itself',
    role: 'read',
    status: 200,
    answer: dynamicClientAnswer,
    refuses: [404],
  })
  async read(@Param('profile') profile: string, @Param('client') id: string) {
    return dynamicClientView(await this.#client(profile, id));
  }

  @Delete('dynamic-clients/:client')
  @Operation({
    summary: 'Delete a client that has registered itself',
    description: 'Its delegations and tokens end with it.',
    role: 'admin',
    status: 204,
    refuses: [404],
  })
  async delete(@Param('profile') profile: string, @Param('client') id: string, @EditOf() edit: Edit): Promise<void> {
    const client = await this.#client(profile, id);
    const { stores, clock } = this.services;
    const event = registrationEvent('delete', edit.actor.id, clock(), client, null);
    if (!(await stores.dynamicClients.remove(profile, id, clock(), [event]))) throw notFound(`registered client "${id}"`);
  }

  @Get('initial-access-tokens')
  @Operation({
    summary: 'List the tokens by which clients may be registered',
    description: 'Newest first, those that are used up or over included until they are deleted. RFC 7591 section 3.',
    role: 'read',
    status: 200,
    answer: listOf(initialAccessTokenAnswer),
    refuses: [404],
  })
  async tokens(@Param('profile') profile: string, @Query({ schema: pageQuery }) { limit, after }: PageQuery) {
    this.#profile(profile);
    const { items, next } = await this.services.stores.dynamicClients.listTokens(profile, defined({ limit, after }));
    return { items: items.map(initialAccessTokenView), next };
  }

  @Post('initial-access-tokens')
  @Operation({
    summary: 'Make a token by which clients may be registered',
    description: 'Good once, for a day, unless told. Its value is in this answer and nowhere else. RFC 7591 section 3.',
    role: 'admin',
    status: 201,
    answer: createdTokenAnswer,
    refuses: [404, 413, 415, 422],
  })
  async createToken(
    @Param('profile') profile: string,
    @Body({ schema: initialAccessTokenBody }) body: InitialAccessTokenBody,
    @EditOf() edit: Edit,
  ) {
    this.#profile(profile);
    const { stores, clock } = this.services;
    const endpoint = this.#endpoint(profile, body);
    const { template, note, maximumUses, lifetime } = body;
    const { token, value } = newInitialAccessToken({
      ...{ profile, endpoint: endpoint.id, template, note, maximumUses },
      ...{ createdAt: clock(), createdBy: edit.actor.id, expiresAt: clock() + lifetime },
    });
    const view = initialAccessTokenView({ ...token, uses: 0 });
    await stores.dynamicClients.createToken(token, [this.#event(edit, 'create', profile, token.id, null, view)]);
    return { ...view, token: value };
  }

  @Delete('initial-access-tokens/:token')
  @Operation({
    summary: 'Take a token back by which clients may be registered',
    description: 'Clients that were registered with it stay.',
    role: 'admin',
    status: 204,
    refuses: [404],
  })
  async deleteToken(@Param('profile') profile: string, @Param('token') id: string, @EditOf() edit: Edit): Promise<void> {
    this.#profile(profile);
    const event = this.#event(edit, 'delete', profile, id, { id }, null);
    if (!(await this.services.stores.dynamicClients.removeToken(profile, id, [event]))) throw notFound(`initial access token "${id}"`);
  }

  async #client(profile: string, id: string) {
    this.#profile(profile);
    const client = await this.services.stores.dynamicClients.find(profile, id, null);
    if (client === null || client === 'unchanged') throw notFound(`registered client "${id}"`);
    return client;
  }

  /** Where the token is to be used, which must take it. */
  #endpoint(profile: string, { endpoint: id, template }: InitialAccessTokenBody): Endpoint {
    const all = [...this.services.configuration.current.all('endpoint')].filter(
      (endpoint) => endpoint.profile === profile && endpoint.registration?.access.includes('initial-access-token') === true,
    );
    const names = all.map((endpoint) => `"${endpoint.id}"`).join(', ');
    const found = id === undefined && all.length === 1 ? all[0] : all.find((endpoint) => endpoint.id === id);
    if (found?.registration == null)
      throw invalidBody(
        '/endpoint',
        all.length === 0
          ? 'the profile has no endpoint of kind "oauth-dynamic-client-registration" with the access "initial-access-token"'
          : `must be one of ${names}`,
      );
    const templates = [found.registration.template, ...found.registration.templates];
    if (template !== null && !templates.includes(template))
      throw invalidBody('/template', `must be one of those of the endpoint: ${templates.map((name) => `"${name}"`).join(', ')}`);
    return found;
  }

  #event(edit: Edit, verb: string, profile: string, id: string, before: unknown, after: unknown): NewAuditEvent {
    const kind = 'initial-access-token';
    return { at: this.services.clock(), actor: edit.actor.id, action: `${kind}.${verb}`, kind, key: entityKey(profile, id), before, after };
  }

  #profile(profile: string): void {
    existing('profile', entityKey(profile), this.services.configuration.current.get('profile', entityKey(profile)));
  }
}

function invalidBody(pointer: string, message: string): Problem {
  return new Problem('invalid-body', 'The body does not fit the configuration.', { errors: [{ pointer, message }] });
}
