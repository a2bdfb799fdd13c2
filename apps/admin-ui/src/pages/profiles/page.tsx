import { Navigate, Route, Routes, useParams } from 'react-router';
import { path } from '../../api/request.ts';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { NewProfile } from './new-profile.tsx';
import { ProfilesList } from './profiles-list.tsx';

/** All profiles. What one of them has is on pages of its own, among them its settings. */
export default function ProfilesPage() {
  return (
    <Routes>
      <Route index element={<ProfilesList />} />
      <Route path="+new" element={<NewProfile />} />
      <Route path=":profile" element={<ToSettings />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}

function ToSettings() {
  const { profile = '' } = useParams();
  return <Navigate to={path`/profiles/${profile}/settings`} replace />;
}
