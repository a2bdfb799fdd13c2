import type { z } from 'zod';
import { entityKey, type Configuration, type DryRunContext } from '#libs/oauth';
import type { dryRunContextBody } from './bodies.ts';

type Context = z.output<typeof dryRunContextBody>;

/**
 * A context of a dry run as a sample that needs nothing but itself: client, account and token as data, the profile as far as procedures
 * see it, and the time at which they were looked up.
 */
export function sampleOfContext(
  configuration: Configuration,
  { subject, scopes, tokenData, metadata, form, request = {}, answers }: Context,
  { profile: id, client, account, token }: DryRunContext,
  now: number,
): Readonly<Record<string, unknown>> {
  const profile = configuration.get('profile', entityKey(id));
  const mine = <T extends { readonly profile: string }>(all: Iterable<T>) => [...all].filter((one) => one.profile === id);
  const httpClients = mine(configuration.all('http-client')).map(
    ({ id: name, allowedHosts, allowTokens }) => [name, { host: allowedHosts[0] ?? 'none.example', allowTokens }] as const,
  );
  const buckets = mine(configuration.all('bucket')).map(({ id: name }) => [name, {}] as const);
  const data = token === null ? tokenData : token.status === 'active' ? token.data : null;
  return present({
    client: client.isSample
      ? { id: client.id, scopes: client.scopes }
      : { id: client.id, name: client.name, scopes: client.scopes, properties: client.properties },
    user: account === null ? subject : { ...account.attributes, subject: account.id },
    token: data,
    scopes,
    metadata,
    form,
    query: request.query,
    headers: request.headers,
    clientIpAddress: request.clientIpAddress,
    time: now,
    profile: {
      ...(profile?.issuer.startsWith('https:') === true ? { issuer: profile.issuer } : {}),
      scopes: Object.fromEntries(
        Object.entries(profile?.scopes ?? {}).map(([name, { lifetime }]) => [name, lifetime === undefined ? {} : { lifetime }]),
      ),
    },
    httpClients: httpClients.length === 0 ? undefined : Object.fromEntries(httpClients),
    buckets: buckets.length === 0 ? undefined : Object.fromEntries(buckets),
    answers: answers === undefined ? undefined : byCall(answers),
  });
}

/** Several answers to one call become a list, which are used one after the other. */
function byCall(answers: NonNullable<Context['answers']>): Record<string, unknown> {
  const calls = Map.groupBy(answers, ({ call }) => call);
  return Object.fromEntries(
    [...calls].map(([call, given]) => [call, given.length === 1 ? given[0]?.answer : given.map(({ answer }) => answer)]),
  );
}

function present(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
