import { Problem } from './problem.ts';

/** What a request expects of the entity it changes. RFC 9110 section 13.1. */
export interface Preconditions {
  /** Revisions of which the entity must have one, `any` when it only must exist; null for no expectation. */
  readonly match: readonly number[] | 'any' | null;
  /** The entity must not exist. */
  readonly absent: boolean;
}

/** The entity tag of an entity that a revision changed last. */
export function entityTag(revision: number): string {
  return `"${revision}"`;
}

/** @throws Problem `invalid-request` when a header cannot be read. */
export function readPreconditions(ifMatch: string | undefined, ifNoneMatch: string | undefined): Preconditions {
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== '*')
    throw new Problem('invalid-request', 'If-None-Match is understood with the value * only.');
  return { match: ifMatch === undefined ? null : readMatch(ifMatch.trim()), absent: ifNoneMatch !== undefined };
}

function readMatch(header: string): Preconditions['match'] {
  if (header === '*') return 'any';
  if (!/^(W\/)?"[\x21\x23-\x7e]*"(\s*,\s*(W\/)?"[\x21\x23-\x7e]*")*$/.test(header))
    throw new Problem('invalid-request', 'If-Match is neither * nor a list of entity tags.');
  // Weak tags never match here, and tags that are no revision are not ours. RFC 9110 section 8.8.3.2.
  return [...header.matchAll(/(W\/)?"([^"]*)"/g)]
    .filter(([, weak, tag]) => weak === undefined && /^\d{1,15}$/.test(tag ?? ''))
    .map(([, , tag]) => Number(tag));
}

/** @throws Problem `precondition-failed` when an entity with this revision (undefined: none) is not what was expected. */
export function check(preconditions: Preconditions, revision: number | undefined): void {
  const { match, absent } = preconditions;
  if (absent && revision !== undefined)
    throw new Problem('precondition-failed', 'It exists already.', { headers: { etag: entityTag(revision) } });
  if (match === null) return;
  if (revision === undefined) throw new Problem('precondition-failed', 'It does not exist.');
  if (match === 'any' || match.includes(revision)) return;
  throw new Problem('precondition-failed', `It was changed meanwhile: it now has the entity tag ${entityTag(revision)}.`, {
    headers: { etag: entityTag(revision) },
  });
}
