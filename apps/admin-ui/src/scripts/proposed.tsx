import { Link } from 'react-router';
import { Notice } from '../components/notice.tsx';

/** Says that a change waits for another administrator, and where. */
export function Proposed({ id }: { readonly id: number | string }) {
  return (
    <Notice kind="info" title="This waits for another administrator">
      <Link to={`/proposals/${id}`}>Proposal {id}</Link> takes effect when somebody else approves it.
    </Notice>
  );
}
