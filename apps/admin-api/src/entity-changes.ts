import { isDeepStrictEqual } from 'node:util';
import { redact } from '#libs/configuration';
import { entityKey, type Binding, type Change, type Configuration, type EntityKind } from '#libs/oauth';
import { jsonPointer } from './problem.ts';
import type { ScriptKind, VersionOf } from './scripts.ts';
import { unifiedDiff, type Named } from './source-diff.ts';

/** One member that changes. */
export interface Difference {
  /** JSON pointer into the entity; empty for all of one that is made or goes. RFC 6901. */
  readonly pointer: string;
  /** Absent where there was none. */
  readonly before?: unknown;
  /** Absent where there is none any more. */
  readonly after?: unknown;
  /** It is secret: that it changes is all that is shown. */
  readonly secret?: true;
}

/** What becomes of one entity, as people may see it. */
export interface ChangeView {
  readonly action: 'create' | 'update' | 'delete';
  readonly kind: EntityKind;
  readonly key: string;
  readonly differences: readonly Difference[];
  /** A unified diff of the texts that decide before and after; absent where no text is concerned. */
  readonly source?: string;
}

/** Stored members that nobody sees, and what they are called where they are given. */
const CONCEALED: Readonly<Record<string, string>> = {
  sealedValue: 'value',
  tokenHash: 'token',
  sealedClientKey: 'clientKey',
  sealedPrivateJwk: 'privateJwk',
  secrets: 'secrets',
};

/** Changes member by member, and texts as unified diffs: nothing secret is in them. */
export function changeViews(before: Configuration, changes: readonly Change[]): readonly ChangeView[] {
  const after = before.with(changes);
  return changes.map((change) => {
    const { kind, key, value } = change;
    const old = before.get(kind, key);
    const source = sourceOf(before, after, change);
    return {
      action: value === null ? 'delete' : old === undefined ? 'create' : 'update',
      ...{ kind, key, differences: differencesOf(kind, old ?? null, value) },
      ...(source === null ? {} : { source }),
    };
  });
}

function differencesOf(kind: EntityKind, before: unknown, after: unknown): readonly Difference[] {
  const [shownBefore, shownAfter] = [redact(kind, before as never), redact(kind, after as never)];
  if (before === null) return [{ pointer: '', after: shownAfter }];
  if (after === null) return [{ pointer: '', before: shownBefore }];
  const shown = differing([], shownBefore, shownAfter);
  const pointers = new Set(shown.map(({ pointer }) => pointer));
  const concealed = differing([], before, after).flatMap(({ path }): Difference[] => {
    const name = CONCEALED[path.at(-1) ?? ''];
    const pointer = jsonPointer([...path.slice(0, -1), name ?? '']);
    return name === undefined || pointers.has(pointer) ? [] : [{ pointer, secret: true }];
  });
  return [...shown.map(({ path: _path, ...difference }) => difference), ...concealed];
}

type Found = Difference & { readonly path: readonly string[] };

/** Objects are compared member by member, lists as a whole. */
function differing(path: readonly string[], before: unknown, after: unknown): readonly Found[] {
  if (isDeepStrictEqual(before, after, { skipPrototype: true })) return [];
  if (isRecord(before) && isRecord(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => differing([...path, name], before[name], after[name]));
  }
  const values = { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
  return [{ path, pointer: jsonPointer(path), ...values }];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const NOTHING: Named = { name: '/dev/null', source: '' };

/** What the texts that decide are before and after. */
function sourceOf(before: Configuration, after: Configuration, { kind, key, value }: Change): string | null {
  if (value === null) return null;
  switch (kind) {
    case 'procedure':
    case 'library': {
      const [old, active] = [before.get(kind, key)?.activeVersion ?? null, value.activeVersion];
      if (active === null || old === active) return null;
      return unifiedDiff(textOf(before, kind, value.id, old), textOf(after, kind, value.id, active));
    }
    case 'procedure-version':
    case 'library-version': {
      const script = kind === 'procedure-version' ? 'procedure' : 'library';
      const id = 'procedure' in value ? value.procedure : value.library;
      // Where it becomes the active one, that change shows what was active before.
      if (after.get(script, entityKey(id))?.activeVersion === value.version) return null;
      return unifiedDiff(textOf(before, script, id, value.version - 1), textOf(after, script, id, value.version));
    }
    case 'binding':
      return unifiedDiff(boundText(before, before.get('binding', key)), boundText(after, value));
    default:
      return null;
  }
}

function boundText(configuration: Configuration, binding: Binding | undefined): Named {
  if (binding === undefined) return NOTHING;
  const version = binding.version ?? configuration.get('procedure', entityKey(binding.procedure))?.activeVersion ?? null;
  return textOf(configuration, 'procedure', binding.procedure, version);
}

function textOf(configuration: Configuration, kind: ScriptKind, id: string, version: number | null): Named {
  const found: VersionOf<ScriptKind> | undefined =
    version === null ? undefined : configuration.get(`${kind}-version` as const, entityKey(id, version));
  return found === undefined ? NOTHING : { name: `${id}@${found.version}`, source: found.source };
}
