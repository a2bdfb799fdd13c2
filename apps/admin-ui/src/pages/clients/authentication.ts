import type { Client } from '../../api/shapes.ts';

/** How a client authenticates, in short. */
export function authenticationOf({ authentication, secrets }: Client): string {
  if (authentication !== null) return authentication.methods.map((method) => (method === 'none' ? 'nothing (public)' : method)).join(', ');
  return secrets.length === 0 ? 'no secret yet' : 'client secret';
}
