import type { FastifyReply } from 'fastify';
import { entityKey, type Configuration, type Entities, type EntityKind } from '#libs/oauth';
import { tag } from './edit.ts';
import { existing, type Edited } from './editor.ts';
import { page, type ListPage, type PageQuery } from './listing.ts';
import { viewOf, type Views } from './views.ts';

/** Kinds of which each profile has its own. */
type OfProfile = { [K in EntityKind]: Entities[K] extends { readonly profile: string } ? K : never }[EntityKind];

/** @throws Problem `not-found` */
export function requireProfile(configuration: Configuration, profile: string): void {
  existing('profile', entityKey(profile), configuration.get('profile', entityKey(profile)));
}

/** A page of what a profile has of a kind. @throws Problem `not-found` for an unknown profile */
export function pageOfProfile<K extends OfProfile>(
  configuration: Configuration,
  kind: K,
  profile: string,
  query: PageQuery,
): ListPage<Views[K]> {
  requireProfile(configuration, profile);
  return page(configuration, kind, query, (value) => value.profile === profile);
}

/** Answers an entity, tagged with its revision. @throws Problem `not-found` */
export function readAnswered<K extends EntityKind>(configuration: Configuration, kind: K, key: string, reply: FastifyReply): Views[K] {
  const { value, revision } = existing(kind, key, configuration.stored(kind, key));
  tag(reply, revision);
  return viewOf(kind, value);
}

/** Answers what has been put: 201 when it is new. */
export function putAnswered<K extends EntityKind>(
  kind: K,
  { value, revision, created }: Edited<Entities[K]>,
  reply: FastifyReply,
): Views[K] {
  if (created) reply.code(201);
  tag(reply, revision);
  return viewOf(kind, value);
}
