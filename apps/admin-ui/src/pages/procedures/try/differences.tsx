import { lazy, Suspense } from 'react';
import type { SampleRun } from '../../../api/script-types.ts';
import { Notice } from '../../../components/notice.tsx';
import { LoadingState } from '../../../components/states.tsx';

const DiffView = lazy(async () => ({ default: (await import('../../../editor/diff-view.tsx')).DiffView }));

/** What a sample expects and what came, to be compared. */
export function Differences({ title, differences }: { readonly title: string; readonly differences: SampleRun['differences'] }) {
  return (
    <Notice kind="danger" title={title}>
      <ul className="try-differences">
        {differences.map(({ what, problem, expected, actual }) => (
          <li key={problem}>
            {/* Of what is compared the sentence would say the same. */}
            <p>{expected === null ? problem : what}</p>
            {expected !== null && actual !== null && (
              <Suspense fallback={<LoadingState />}>
                <DiffView before={expected} after={actual} language="javascript" label="Expected, and what came" />
              </Suspense>
            )}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
