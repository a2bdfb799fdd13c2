import type { z } from 'zod';
import type { DryRunRequest } from '#libs/oauth';
import type { dryRunBody, dryRunContextBody } from './bodies.ts';

/** A sample that is shipped for tests, as the context of a dry run: its clients and profiles are those of tests alone. */
export function dryRunContextOf(members: Readonly<Record<string, unknown>>): z.input<typeof dryRunContextBody> {
  const { user, token, scopes, form, metadata } = members;
  return {
    ...(typeof user === 'string' ? { subject: user } : isPerson(user) ? { subject: user.subject, tokenData: claimsOf(user) } : {}),
    ...(token === undefined ? {} : { tokenData: token as Record<string, unknown> | null }),
    ...(scopes === undefined ? {} : { scopes: scopes as string[] }),
    ...(form === undefined ? {} : { form: form as Record<string, string> }),
    ...(metadata === undefined ? {} : { metadata: metadata as Record<string, unknown> }),
  };
}

/** The members of a request for a dry run, wherever they stand in its body. */
export function contextMembersOf(body: z.output<typeof dryRunBody>): Omit<DryRunRequest, 'profile' | 'flow' | 'program'> {
  const { context, profile: _profile, flow: _flow, program: _program, ...beside } = body;
  // Members that are absent and members that are undefined are the same to the runner.
  return (context ?? beside) as Omit<DryRunRequest, 'profile' | 'flow' | 'program'>;
}

interface Person extends Readonly<Record<string, unknown>> {
  readonly subject: string;
}

function isPerson(user: unknown): user is Person {
  return typeof user === 'object' && user !== null && 'subject' in user;
}

function claimsOf({ subject: _subject, ...claims }: Person): Record<string, unknown> {
  return claims;
}
