/** What the classes of faults mean, for who wrote the procedure. */
const WORDS: Readonly<Record<string, string>> = {
  timeout: 'It took too long',
  memory: 'It used too much memory',
  syntax: 'It could not be read',
  runtime: 'It failed while it ran',
  nondeterministic: 'It asked other questions when it was run again',
  'invalid-response': 'What it returned may not be answered',
  unavailable: 'It could not be run',
};

export function wordsOfFault(kind: string): string {
  return WORDS[kind] ?? 'It failed';
}

/** What would have become of an effect. @param kind as the report has it, such as `opaque access_token` */
export function wordsOfEffect(kind: string): string {
  if (kind.endsWith('_token')) return `Would have issued: ${kind.replace('_', ' ')}`;
  if (kind === 'delegation') return 'Would have stored a delegation';
  if (kind === 'revoke-delegation') return 'Would have revoked a delegation';
  if (kind === 'bucket-store') return 'Would have stored attributes in a bucket';
  if (kind === 'bucket-clear') return 'Would have cleared attributes of a bucket';
  return `Would have had an effect: ${kind}`;
}

/** What a muted effect is, where it is not told as an effect. @param what as the report has it */
export function wordsOfMuted(kind: string, what: string): string {
  if (kind === 'signature') return `Signed with a key that nobody trusts: ${what}`;
  if (kind === 'call') return `Was not asked: ${what}`;
  if (kind === 'secret') return `A label stood in the place of the secret ${what}`;
  return `Was not stored: ${what}`;
}
