import { Link } from 'react-router';
import { Icon } from '../shell/icon.tsx';

/** From a list to the page that makes another, for the heading of the list. */
export function NewLink({ label }: { readonly label: string }) {
  return (
    <Link className="button button-primary" to="+new">
      <Icon name="plus" /> {label}
    </Link>
  );
}
