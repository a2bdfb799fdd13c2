import { useParams } from 'react-router';
import { path } from './request.ts';

/** What the profile in the address has of a kind: its resource, and the address of its page. */
export function useOfProfile(
  resource: string,
  page = resource,
): { readonly profile: string; readonly of: string; readonly resource: string; readonly address: string } {
  const { profile = '' } = useParams();
  const of = path`/profiles/${profile}`;
  return { profile, of, resource: `${of}/${resource}`, address: `${of}/${page}` };
}
