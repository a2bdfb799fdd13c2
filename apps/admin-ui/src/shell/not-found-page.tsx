import { Link } from 'react-router';
import { PageHeader } from '../components/page-header.tsx';

export function NotFoundPage() {
  return (
    <>
      <PageHeader title="There is no such page" description="The address may be mistyped, or what it named was deleted." />
      <Link className="button button-secondary" to="/">
        To the first page
      </Link>
    </>
  );
}
