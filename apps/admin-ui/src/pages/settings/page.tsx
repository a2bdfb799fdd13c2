import { Route, Routes } from 'react-router';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { EditSettings } from './edit-settings.tsx';
import { SettingsPage as Settings } from './settings-page.tsx';

/** What a profile is and what holds in it, beside the things it has. */
export default function SettingsPage() {
  return (
    <Routes>
      <Route index element={<Settings />} />
      <Route path="edit" element={<EditSettings />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
