import type { Profile } from '../../api/shapes.ts';
import { wholeNumberOf, wordsOf, wrong } from '../../components/draft.ts';

/** A scope as it is typed. */
export interface ScopeDraft {
  /** Tells it from the others, whatever it is called. */
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly lifetime: string;
  /** Words. */
  readonly claims: string;
}

export function newScope(): ScopeDraft {
  return { key: crypto.randomUUID(), name: '', description: '', lifetime: '', claims: '' };
}

export function scopesDraftOf(scopes: Profile['scopes']): readonly ScopeDraft[] {
  return Object.entries(scopes).map(([name, { description = '', lifetime, claims = [] }]) => ({
    ...{ key: name, name, description },
    lifetime: lifetime === undefined ? '' : String(lifetime),
    claims: claims.join(' '),
  }));
}

/** Where a scope is in the body. RFC 6901 section 3. */
export function pointerOf({ name, key }: ScopeDraft): string {
  const member = name.trim() === '' ? `+${key}` : name.trim();
  return `/scopes/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** @throws ApiError when one has no name or one that another has, or a lifetime that is no number */
export function scopesBodyOf(scopes: readonly ScopeDraft[]): Profile['scopes'] {
  const body = new Map<string, Profile['scopes'][string]>();
  for (const scope of scopes) {
    const name = scope.name.trim();
    const at = pointerOf(scope);
    if (name === '') throw wrong(at, 'is missing: give it a name, or remove it');
    if (body.has(name)) throw wrong(at, 'is there twice');
    const lifetime = wholeNumberOf(scope.lifetime, `${at}/lifetime`);
    const claims = wordsOf(scope.claims);
    body.set(name, {
      ...(scope.description.trim() === '' ? {} : { description: scope.description.trim() }),
      ...(lifetime === null ? {} : { lifetime }),
      ...(claims.length === 0 ? {} : { claims }),
    });
  }
  return Object.fromEntries(body);
}
