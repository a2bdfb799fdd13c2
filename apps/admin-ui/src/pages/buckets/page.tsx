import { Route, Routes } from 'react-router';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { BucketPage } from './bucket-page.tsx';
import { BucketsList } from './buckets-list.tsx';
import { EditBucket } from './edit-bucket.tsx';
import { NewBucket } from './new-bucket.tsx';

/** Buckets of a profile. `+new` is no id that one can have. */
export default function BucketsPage() {
  return (
    <Routes>
      <Route index element={<BucketsList />} />
      <Route path="+new" element={<NewBucket />} />
      <Route path=":bucket" element={<BucketPage />} />
      <Route path=":bucket/edit" element={<EditBucket />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
