/**
 * A sample as tests write it: a name of a shipped one, members of their own, or one of the two with changes over it.
 * Changes go member by member into `client`, `form`, `headers`, `query`, `token`, `profile`, `user` and `answers`; other members
 * are replaced.
 */
export class SampleDraft {
  /** Name of a shipped sample; null for the flow's own. */
  readonly base: string | null;
  readonly changes: Readonly<Record<string, unknown>>;

  constructor(base: string | null, changes: Readonly<Record<string, unknown>>) {
    this.base = base;
    this.changes = changes;
  }
}

/** @throws TypeError for anything but a name, a sample or an object of its members */
export function sampleOf(sample: unknown, changes: unknown): SampleDraft {
  const base = draftOf(sample);
  return new SampleDraft(base.base, merged(base.changes, membersOf(changes)));
}

/** The members of one over those of the other, two levels deep. */
export function merged(
  base: Readonly<Record<string, unknown>>,
  over: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const before = result[name];
    if (value === undefined) continue;
    result[name] = isMembers(before) && isMembers(value) ? { ...before, ...value } : value;
  }
  return result;
}

function draftOf(sample: unknown): SampleDraft {
  if (sample instanceof SampleDraft) return sample;
  if (typeof sample === 'string') return new SampleDraft(sample, {});
  return new SampleDraft(null, membersOf(sample));
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  if (isMembers(value) && !(value instanceof SampleDraft)) return value;
  throw new TypeError(
    "run and sample take the name of a sample or an object, then an object of changes, such as run('user-token', { scopes: ['read'] })",
  );
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
