import type { ProblemDetail } from './problem.ts';

/** An opaque token of ours, wherever it stands. */
const TOKEN = /tw[a-z]{1,8}_[A-Za-z0-9_-]{40,}/;
const JWT = /eyJ[\w-]{10,}\.[\w-]+\.[\w-]+/;
/** Members of forms and headers that hold what opens something. */
const CREDENTIALS = new Set(['authorization', 'proxy-authorization', 'cookie', 'dpop', 'client_secret', 'client_assertion']);

/** What of a sample would be a live credential, which samples are not to keep. */
export function credentialsIn(sample: Readonly<Record<string, unknown>>, pointer: string): readonly ProblemDetail[] {
  const problems: ProblemDetail[] = [];
  const look = (value: unknown, at: string): void => {
    if (typeof value === 'string' && (TOKEN.test(value) || JWT.test(value)))
      problems.push({ pointer: at, message: 'holds a token: give its data as "token" in its place' });
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value)) look(member, `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  };
  look(sample, pointer);
  for (const part of ['headers', 'form'])
    for (const name of Object.keys((sample[part] as object | undefined) ?? {}))
      if (CREDENTIALS.has(name.toLowerCase()))
        problems.push({ pointer: `${pointer}/${part}/${name}`, message: 'is a credential: leave it out, procedures need none' });
  return problems;
}
