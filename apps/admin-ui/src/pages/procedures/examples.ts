/** The examples that come with the product, by their names; each is read when it is chosen. */
const EXAMPLES = import.meta.glob<string>(['../../../../../procedures/examples/*.js', '!../../../../../procedures/examples/*.test.js'], {
  query: '?raw',
  import: 'default',
});

export interface Example {
  readonly name: string;
  readonly source: string;
}

/** The examples for a flow, which each names. */
export async function examplesFor(flow: string): Promise<readonly Example[]> {
  const read = Object.entries(EXAMPLES).map(async ([path, load]) => ({
    name: /([^/]+)\.js$/u.exec(path)?.[1] ?? path,
    source: await load(),
  }));
  return (await Promise.all(read)).filter(({ source }) => /^ \* Flow: (\S+)$/mu.exec(source)?.[1] === flow);
}
