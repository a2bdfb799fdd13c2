import type { Guest } from '../sandbox.ts';
import type { JsonTexts } from './json.ts';
import type { JavaShapes } from './shapes.ts';
import type { ViewKinds } from './views.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * `context.getBucket(id)`. What is stored and cleared are effects, committed when the run has succeeded; the run itself sees
 * them at once.
 */
export function buckets(guest: Guest, shapes: JavaShapes, json: JsonTexts, views: ViewKinds) {
  const { create } = Object;
  const { parse, stringify } = JSON;

  interface Bucket {
    readonly id: string;
  }

  interface BucketState {
    /** By the names of an entry; null once it is cleared. */
    written?: Record<string, string | null>;
  }

  function textOf(value: unknown, what: string): string {
    if ((typeof value === 'string' || value instanceof String) && value.length > 0) return String(value);
    throw new TypeError(`${what}: expected text that is not empty`);
  }

  const writes = () => ((guest.run() as BucketState).written ??= create(null) as Record<string, string | null>);

  function nameOf({ id }: Bucket, subject: unknown, purpose: unknown, what: string): string {
    return stringify([id, textOf(subject, `${what}: the subject`), textOf(purpose, `${what}: the purpose`)]);
  }

  /** The attributes as text; null when there are none. */
  function read(name: string): string | null {
    const written = writes()[name];
    if (written !== undefined) return written;
    const text = guest.call('bucket-get', name);
    return text === 'null' ? null : text;
  }

  const mapOf = (text: string) => shapes.dress(parse(text) as object);

  const Buckets = views.define<Bucket>({
    data: { id: ({ id }) => id },
    methods: {
      /** A map; an empty one when nothing is stored. Changing it stores nothing. */
      getAttributes: (bucket, _view, subject, purpose) => mapOf(read(nameOf(bucket, subject, purpose, 'getAttributes')) ?? '{}'),
      /** In place of what was stored; gives a copy. */
      storeAttributes(bucket, _view, subject, purpose, attributes) {
        const name = nameOf(bucket, subject, purpose, 'storeAttributes');
        const text = json.ofData(attributes, 'storeAttributes');
        guest.effect('bucket-store', `${name}\n${text}`);
        writes()[name] = text;
        return mapOf(text);
      },
      /** Whether there was something to clear. */
      clearBucket(bucket, _view, subject, purpose) {
        const name = nameOf(bucket, subject, purpose, 'clearBucket');
        if (read(name) === null) return false;
        guest.effect('bucket-clear', name);
        writes()[name] = null;
        return true;
      },
    },
  });

  return (id: unknown): object => Buckets.make({ id: textOf(id, 'getBucket: the id') });
}

/** What `buckets` makes. */
export type Buckets = ReturnType<typeof buckets>;
