import {
  KeyRings,
  missingKeys,
  Snapshot,
  type Configuration,
  type FlowId,
  type KeySealer,
  type LiveConfiguration,
  type NodeSettings,
  type Program,
  type Sandbox,
} from '#libs/oauth';

/** How long requests may still run on a snapshot that was replaced. Milliseconds. */
const LINGER = 60_000;

/**
 * Keeps the snapshot in force: builds the next one when the configuration changes, makes its procedures known to the
 * sandbox, and only then swaps, so that no request sees half a change.
 */
export class SnapshotKeeper {
  #current: Snapshot;
  #configuration: Configuration;
  readonly #lingering = new Set<NodeJS.Timeout>();

  private constructor(
    private readonly live: LiveConfiguration,
    private readonly node: NodeSettings,
    private readonly sandbox: Sandbox,
    private readonly sealer: KeySealer,
    private readonly defaults: ReadonlyMap<FlowId, Program>,
    private readonly keyRings: KeyRings,
    private readonly onError: (error: unknown) => void,
    first: Snapshot,
  ) {
    this.#current = first;
    this.#configuration = live.current;
    for (const program of first.programs.values()) sandbox.load(program);
    live.onChange((now, before) => this.#swap(now, before));
  }

  /** @param onError hears of keys that could not be made for a new profile */
  static async open(
    live: LiveConfiguration,
    node: NodeSettings,
    sandbox: Sandbox,
    sealer: KeySealer,
    defaults: ReadonlyMap<FlowId, Program>,
    onError: (error: unknown) => void,
  ): Promise<SnapshotKeeper> {
    await provideKeys(live, sealer);
    const keyRings = new KeyRings(sealer);
    return new SnapshotKeeper(
      live,
      node,
      sandbox,
      sealer,
      defaults,
      keyRings,
      onError,
      await Snapshot.build(live.current, node, keyRings, defaults),
    );
  }

  get current(): Snapshot {
    return this.#current;
  }

  get configuration(): Configuration {
    return this.#configuration;
  }

  close(): void {
    for (const timer of this.#lingering) clearTimeout(timer);
  }

  async #swap(configuration: Configuration, former: Configuration): Promise<void> {
    const before = this.#current;
    const next = await Snapshot.build(configuration, this.node, this.keyRings, this.defaults);
    for (const program of next.programs.values()) this.sandbox.load(program);
    this.#current = next;
    this.#configuration = configuration;
    const dropped = [...before.programs.keys()].filter((key) => !next.programs.has(key));
    if (dropped.length > 0)
      this.#later(() => dropped.filter((key) => !this.#current.programs.has(key)).forEach((key) => this.sandbox.unload(key)));
    // What is new may need keys that nobody has made yet; the keys are a change of their own.
    if ((['token-issuer', 'profile', 'client'] as const).some((kind) => !configuration.sharesWith(former, kind)))
      this.#later(() => this.#provideKeys(), 0);
  }

  #provideKeys(): void {
    provideKeys(this.live, this.sealer).catch(this.onError);
  }

  #later(work: () => void, milliseconds = LINGER): void {
    const timer = setTimeout(() => {
      this.#lingering.delete(timer);
      work();
    }, milliseconds).unref();
    this.#lingering.add(timer);
  }
}

async function provideKeys(live: LiveConfiguration, sealer: KeySealer): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  await live.change(async (configuration) => {
    const changes = await missingKeys(configuration, sealer, now);
    const audit = changes.map(({ kind, key }) => ({
      at: now,
      actor: 'system',
      action: `${kind}.create`,
      kind,
      key,
      before: null,
      after: null,
    }));
    return { changes, audit, result: undefined };
  });
}
