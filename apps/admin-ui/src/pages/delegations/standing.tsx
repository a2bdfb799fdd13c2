import { Badge } from '../../components/badge.tsx';
import { isPast } from '../../components/time.tsx';

/** Whether a delegation or token is good. */
export function Standing({ revokedAt, expiresAt }: { readonly revokedAt: number | null; readonly expiresAt: number }) {
  if (revokedAt !== null) return <Badge kind="danger">revoked</Badge>;
  return isPast(expiresAt) ? <Badge>expired</Badge> : <Badge kind="ok">active</Badge>;
}
