import type { FastifyInstance } from 'fastify';

/** Which methods each path has: tells a wrong method from an unknown path. */
export class RouteTable {
  readonly #routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

  /** Learns the routes that are registered from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      let known = this.#routes.get(route.url);
      if (known === undefined) {
        const source = route.url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[A-Za-z]+/g, '[^/]+');
        this.#routes.set(route.url, (known = { pattern: new RegExp(`^${source}$`), methods: new Set() }));
      }
      for (const method of [route.method].flat()) known.methods.add(method);
    });
  }

  /** The methods of whatever is at a URL, sorted; none where nothing is. */
  methodsAt(url: string): readonly string[] {
    const path = url.split(/[?#]/, 1)[0] ?? '';
    return [...this.#routes.values()]
      .filter(({ pattern }) => pattern.test(path))
      .flatMap(({ methods }) => [...methods])
      .sort();
  }
}
