import { useQuery, type QueryClient, type UseQueryResult } from '@tanstack/react-query';
import { ApiError } from '../api/api-error.ts';
import { get, post, remove, setCsrf } from '../api/request.ts';
import type { SessionAnswer, SignInWays } from '../api/shapes.ts';

/** Ordered: each may do what those before it may. */
const ROLES = ['metrics', 'read', 'author', 'admin'] as const satisfies readonly Role[];
export type Administrator = SessionAnswer['administrator'];
export type Role = Administrator['role'];

/** Somebody is signed in, or nobody: then how one can sign in, and whether somebody was a moment ago. */
export type Session =
  | { readonly administrator: Administrator; readonly expiresAt: number | null }
  | { readonly administrator: null; readonly openIdConnect: OpenIdConnect | null; readonly expired: boolean };

/** Where a sign-in at the provider begins, and the provider's host. */
export type OpenIdConnect = Extract<SignInWays[number], { readonly way: 'openid-connect' }>;

const SESSION = '/session';
export const SESSION_KEY = ['session'] as const;

/** Who uses the page. */
export function useSession(): UseQueryResult<Session> {
  return useQuery({ queryKey: SESSION_KEY, queryFn: readSession, staleTime: Infinity });
}

/** The administrator who is signed in; only beneath the shell, where there is one. */
export function useAdministrator(): Administrator {
  const administrator = useSession().data?.administrator;
  if (administrator == null) throw new Error('nobody is signed in');
  return administrator;
}

/** Whether who is signed in may do what needs a role. The service decides; this is for what the page offers. */
export function useMay(role: Role): boolean {
  return ROLES.indexOf(useAdministrator().role) >= ROLES.indexOf(role);
}

async function readSession(): Promise<Session> {
  try {
    return begun((await get<SessionAnswer>(SESSION)).data);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    setCsrf(null);
    return { administrator: null, openIdConnect: openIdConnectOf(error), expired: false };
  }
}

/** @throws ApiError when the token is refused */
export async function signIn(client: QueryClient, token: string): Promise<void> {
  const { data } = await post<SessionAnswer>(SESSION, { body: { token } });
  remember(client, begun(data));
}

export async function signOut(client: QueryClient): Promise<void> {
  await remove(SESSION).catch((error: unknown) => {
    // It had ended already.
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  });
  forget(client);
  await client.refetchQueries({ queryKey: SESSION_KEY });
}

/** The service says that the session has ended: what was read for it is forgotten. */
export function signedOut(client: QueryClient): void {
  const session = client.getQueryData<Session>(SESSION_KEY);
  if (session === undefined || session.administrator === null) return;
  setCsrf(null);
  remember(client, { administrator: null, openIdConnect: null, expired: true });
  forget(client);
  // How one can sign in, and whether it was so after all.
  void readSession().then((now) => remember(client, now.administrator === null ? { ...now, expired: true } : now), ignoreUnreachable);
}

function remember(client: QueryClient, session: Session): void {
  client.setQueryData(SESSION_KEY, session);
}

/** Nothing that one administrator has read is shown to the next. */
function forget(client: QueryClient): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
}

function begun({ administrator, csrf, expiresAt }: SessionAnswer): Session {
  setCsrf(csrf);
  return { administrator, expiresAt };
}

/** From the member `signInWays` of the 401. */
function openIdConnectOf({ body }: ApiError): OpenIdConnect | null {
  const ways = (body['signInWays'] ?? []) as SignInWays;
  return ways.find((each) => each.way === 'openid-connect') ?? null;
}

function ignoreUnreachable(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
}
