import type { FastifyReply } from 'fastify';
import type { Configuration, Stored } from '#libs/oauth';
import { entityKey } from '#libs/oauth';
import { tag } from './edit.ts';
import type { Uploaded } from './script-upload.ts';
import { pathOf, scriptOf, type ScriptKind, type VersionOf } from './scripts.ts';
import { viewOf } from './views.ts';

/** The media types in which sources are given back. */
export const SOURCE_TEXTS = ['text/javascript', 'text/typescript'];

/** Answers an upload: the version, whether it is new, where it is and what the check advises. */
export function uploadAnswered<K extends ScriptKind>(
  configuration: Configuration,
  kind: K,
  { version, created, active, warnings }: Uploaded<K>,
  reply: FastifyReply,
) {
  const id = scriptOf(version);
  reply.code(created ? 201 : 200).header('location', `${pathOf(kind, id)}/versions/${version.version}`);
  const stored = configuration.stored(`${kind}-version` as const, entityKey(id, version.version));
  if (stored !== undefined) tag(reply, stored.revision);
  return { ...viewOf(`${kind}-version` as const, version), active, warnings };
}

/** Answers all about a version but its text. */
export function versionAnswered<K extends ScriptKind>(kind: K, stored: Stored<VersionOf<K>>, reply: FastifyReply) {
  tag(reply, stored.revision);
  return viewOf(`${kind}-version` as const, stored.value);
}

/** Answers the text of a version as it was uploaded. */
export function sourceAnswered({ value, revision }: Stored<VersionOf<ScriptKind>>, reply: FastifyReply): string {
  tag(reply, revision);
  reply.header('content-type', `text/${value.language}; charset=utf-8`);
  return value.source;
}
