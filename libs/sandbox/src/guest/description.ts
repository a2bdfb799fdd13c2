/* eslint-disable @typescript-eslint/restrict-plus-operands, @typescript-eslint/no-unnecessary-type-conversion -- a procedure can give anything, whatever the types say */
/*
 * Guest code: self-contained, sent into the realm as text. See pattern.ts.
 */

/**
 * A thrown value in words, with the positions in the sources, innermost first, as `line:column,...`; those in libraries have the
 * library's place among those of the program as a third number.
 */
export interface Described {
  readonly message: string;
  readonly positions: string;
}

export interface Describer {
  /** Never throws and runs no code of the procedure: it reads data properties only. */
  describe(thrown: unknown): Described;
  /** The accessors that the repair of the override mistake has put in place of data properties; these may be read. */
  readonly trustedGetters: WeakSet<object>;
  /** A run begins: no position seen in an earlier one is known any more. */
  forget(): void;
}

/**
 * Builds the describer and takes over `Error.prepareStackTrace`, so that positions come from the engine's own call sites
 * and not from text that the procedure can write. Before the prelude is evaluated.
 *
 * @param sections the lines of the file that are those of each source; frames on other lines are the wrapper's
 */
export function createDescriber(
  fileName: string,
  sections: readonly { readonly from: number; readonly to: number; readonly library: number; readonly name: string }[],
): Describer {
  const LONGEST = 500;
  const MOST_FRAMES = 20;
  const PROTOTYPES = 10;
  const { apply } = Reflect;
  const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const bind = Function.prototype.bind.bind(Function.prototype.call) as (method: unknown) => (...args: unknown[]) => unknown;
  const slice = bind(String.prototype.slice) as (text: string, from: number, to: number) => string;
  const toWellFormed = bind(String.prototype.toWellFormed) as (text: string) => string;
  const recall = bind(WeakMap.prototype.get) as (map: WeakMap<object, string>, key: object) => string | undefined;
  const remember = bind(WeakMap.prototype.set) as (map: WeakMap<object, string>, key: object, value: string) => void;
  const isTrusted = bind(WeakSet.prototype.has) as (set: WeakSet<object>, key: object) => boolean;
  const describeSymbol = bind(Symbol.prototype.toString) as (symbol: symbol) => string;
  const NativeError = Error;
  const NativeWeakMap = WeakMap;
  // A procedure can have positions of its own noted for objects that outlive its run, so these must not.
  let positionsOf: WeakMap<object, string> | null = null;
  const trustedGetters = new WeakSet<object>();

  interface CallSite {
    getFileName(): string | null;
    getLineNumber(): number | null;
    getColumnNumber(): number | null;
    getFunctionName(): string | null;
  }
  (NativeError as unknown as { stackTraceLimit: number }).stackTraceLimit = 40;
  (NativeError as unknown as { prepareStackTrace: unknown }).prepareStackTrace = function prepareStackTrace(
    error: object,
    sites: CallSite[],
  ): string {
    let positions = '';
    let text = '';
    let count = 0;
    for (let index = 0; index < sites.length && count < MOST_FRAMES; index++) {
      const site = sites[index] as CallSite;
      if (site.getFileName() !== fileName) continue;
      // Numbers, whoever has called this.
      const line = +(site.getLineNumber() as number) | 0;
      let section = null;
      for (let at = 0; at < sections.length && section === null; at++) {
        const candidate = sections[at] as (typeof sections)[number];
        if (candidate.from <= line && line <= candidate.to) section = candidate;
      }
      if (section === null) continue;
      const place = line - section.from + 1 + ':' + (+(site.getColumnNumber() as number) | 0);
      positions += (count === 0 ? '' : ',') + place + (section.library === 0 ? '' : ':' + section.library);
      text += '\n    at ' + (site.getFunctionName() ?? '<anonymous>') + ' (' + section.name + ':' + place + ')';
      count++;
    }
    positionsOf ??= new NativeWeakMap();
    remember(positionsOf, error, positions);
    return headline(error) + text;
  };
  const stackGetter = (getOwnPropertyDescriptor(new NativeError('probe'), 'stack') as PropertyDescriptor).get as () => string;

  /** A data property, the object's own or inherited; accessors are passed by, they are the procedure's code. */
  function read(object: object, name: string): unknown {
    let holder: object | null = object;
    for (let step = 0; step < PROTOTYPES && holder !== null; step++) {
      const descriptor = getOwnPropertyDescriptor(holder, name);
      if (descriptor !== undefined) {
        if ('value' in descriptor) return descriptor.value;
        return descriptor.get !== undefined && isTrusted(trustedGetters, descriptor.get) ? apply(descriptor.get, object, []) : undefined;
      }
      holder = getPrototypeOf(holder) as object | null;
    }
    return undefined;
  }

  function headline(thrown: object): string {
    const name = read(thrown, 'name');
    const message = read(thrown, 'message');
    const hasName = typeof name === 'string' && name !== '';
    const hasMessage = typeof message === 'string' && message !== '';
    if (hasName && hasMessage) return slice(name, 0, 100) + ': ' + slice(message, 0, LONGEST);
    if (hasMessage) return slice(message, 0, LONGEST);
    if (hasName) return slice(name, 0, 100);
    return typeof thrown === 'function' ? 'a function was thrown' : 'an object without a message was thrown';
  }

  function words(thrown: unknown): string {
    if (typeof thrown === 'string') return thrown === '' ? 'an empty string was thrown' : slice(thrown, 0, LONGEST);
    if (typeof thrown === 'symbol') return slice(describeSymbol(thrown), 0, LONGEST) + ' was thrown';
    if (thrown === null || (typeof thrown !== 'object' && typeof thrown !== 'function')) return '' + (thrown as number) + ' was thrown';
    return headline(thrown);
  }

  function describe(thrown: unknown): Described {
    let message = 'a value that cannot be described was thrown';
    let positions = '';
    try {
      message = toWellFormed(slice(words(thrown), 0, LONGEST));
      if ((typeof thrown === 'object' && thrown !== null) || typeof thrown === 'function') {
        // Reading the stack makes the engine call prepareStackTrace above.
        apply(stackGetter, thrown, []);
        positions = positionsOf === null ? '' : (recall(positionsOf, thrown) ?? '');
      }
    } catch (_failed) {
      // The stack's end or an exhausted heap: what has been found so far will do.
    }
    return { message, positions };
  }

  function forget(): void {
    positionsOf = null;
  }

  return { describe, trustedGetters, forget };
}
