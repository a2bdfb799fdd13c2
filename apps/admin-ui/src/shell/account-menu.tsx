import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Button } from '../components/button.tsx';
import { useToast } from '../components/toast.tsx';
import { signOut, useAdministrator } from '../session/session.ts';

/** Who is signed in, and the way out. */
export function AccountMenu() {
  const { name, role } = useAdministrator();
  const client = useQueryClient();
  const toast = useToast();
  const leaving = useMutation({ mutationFn: () => signOut(client), onError: (error) => toast.failed(error) });
  return (
    <div className="account">
      <p className="account-who">
        <span className="visually-hidden">Signed in as </span>
        <Link to="/administrators/+me" title="My session">
          <strong>{name}</strong>
        </Link>{' '}
        <span className="account-role">{role}</span>
      </p>
      <Button small busy={leaving.isPending} onClick={() => leaving.mutate()}>
        Sign out
      </Button>
    </div>
  );
}
