/** How a view reads one of its members from what it hides. */
export type Read<Raw> = (raw: Raw, view: object) => unknown;

/** A member worked out at its first use and then kept for as long as the view lives; never undefined. */
export interface Once<Raw> {
  readonly once: Read<Raw>;
}

/** What a kind of view shows. Every member `x` has a twin `getX()`, and `isX()` where `booleans` names it. */
export interface ViewShape<Raw> {
  /** Shown by `for...in` and `JSON.stringify`. */
  readonly data?: Readonly<Record<string, Read<Raw> | Once<Raw>>>;
  /** Members that act, or that another flow has: reachable, not shown. */
  readonly services?: Readonly<Record<string, Read<Raw> | Once<Raw>>>;
  /** Up to four arguments. One that is named like a twin takes its place. */
  readonly methods?: Readonly<Record<string, (raw: Raw, view: object, a: unknown, b: unknown, c: unknown, d: unknown) => unknown>>;
  readonly booleans?: readonly string[];
}

/** A generated kind of view. */
export interface ViewKind<Raw> {
  make(raw: Raw): object;
  /** True only for what `make` made: nothing a script builds passes. */
  is(value: unknown): value is object;
  /** What a view hides; throws `TypeError` for anything else. */
  raw(view: unknown): Raw;
}

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * Generates classes of views: frozen objects without own members whose state is private, so that reading costs nothing
 * that is not read, writing throws, and no script can make or imitate one.
 */
export function viewKinds() {
  const { defineProperty, freeze, hasOwn, keys } = Object;
  const tests: ((value: unknown) => boolean)[] = [];

  function define<Raw>(shape: ViewShape<Raw>): ViewKind<Raw> {
    class View {
      readonly #raw: Raw;
      /** Members of the kind `Once`, by slot. */
      #kept: unknown[] | undefined;

      constructor(raw: Raw) {
        this.#raw = raw;
        freeze(this);
      }

      static has(value: unknown): value is View {
        return typeof value === 'object' && value !== null && #raw in value;
      }

      static rawOf(view: View): Raw {
        return view.#raw;
      }

      static reader(read: Read<Raw>) {
        return {
          read(this: View): unknown {
            return read(this.#raw, this);
          },
        }.read;
      }

      static keeper(slot: number, { once }: Once<Raw>) {
        return {
          read(this: View): unknown {
            const kept = (this.#kept ??= []);
            const known = kept[slot];
            return known === undefined ? (kept[slot] = once(this.#raw, this)) : known;
          },
        }.read;
      }

      static method(run: NonNullable<ViewShape<Raw>['methods']>[string]) {
        return {
          call(this: View, a: unknown, b: unknown, c: unknown, d: unknown): unknown {
            return run(this.#raw, this, a, b, c, d);
          },
        }.call;
      }
    }

    const { prototype } = View;
    const { data = {}, services = {}, methods = {}, booleans = [] } = shape;
    let slots = 0;

    function method(name: string, value: (...args: never[]) => unknown): void {
      defineProperty(prototype, name, { value: freeze(value), enumerable: false, writable: false, configurable: false });
    }

    function member(name: string, how: Read<Raw> | Once<Raw>, enumerable: boolean): void {
      const read = freeze(typeof how === 'function' ? View.reader(how) : View.keeper(slots++, how));
      defineProperty(prototype, name, { get: read, enumerable, configurable: false });
      const capital = name.charAt(0).toUpperCase() + name.slice(1);
      if (!hasOwn(methods, `get${capital}`)) method(`get${capital}`, read);
      if (booleans.includes(name)) method(`is${capital}`, read);
    }

    for (const name of keys(data)) member(name, data[name] as Read<Raw>, true);
    for (const name of keys(services)) member(name, services[name] as Read<Raw>, false);
    for (const name of keys(methods)) method(name, View.method(methods[name] as NonNullable<typeof shape.methods>[string]));

    const shown = keys(data);
    const toJSON = {
      toJSON(this: Record<string, unknown>) {
        const object: Record<string, unknown> = {};
        for (let i = 0; i < shown.length; i++) object[shown[i] as string] = this[shown[i] as string];
        return object;
      },
    }.toJSON;
    method('toJSON', toJSON);

    // Without this a script could reach the class through a view and make views of its own.
    delete (prototype as { constructor?: unknown }).constructor;
    freeze(prototype);
    tests[tests.length] = View.has;
    return { make: (raw) => new View(raw), is: View.has, raw: (view) => View.rawOf(view as View) };
  }

  function isView(value: unknown): boolean {
    for (let i = 0; i < tests.length; i++) if (tests[i]?.(value) === true) return true;
    return false;
  }

  return { define, isView };
}

/** What `viewKinds` makes. */
export type ViewKinds = ReturnType<typeof viewKinds>;
