import { useState } from 'react';
import type { PreviewPage } from '#libs/oauth';
import { addressOf } from '../../api/request.ts';
import type { Endpoint } from '../../api/shapes.ts';
import { SelectField } from '../../components/field.tsx';
import { useEndpointOf } from './endpoint-resource.ts';

/** What each page is; the compiler sees to it that none is missing. */
const PAGES = {
  login: 'Signing in',
  'login-refused': 'Signing in, refused',
  consent: 'Consent',
  approve: 'Approval of another device',
  approved: 'Approval, given',
  device: 'Code of a device',
  'device-confirm': 'Code of a device, known',
  'device-connected': 'Device, connected',
  account: 'Own account',
  failed: 'Something went wrong',
} as const satisfies Readonly<Record<PreviewPage, string>>;

const SCHEMES = [
  ['', 'as this browser likes'],
  ['light', 'light'],
  ['dark', 'dark'],
] as const;
const WINDOWS = [
  ['wide', 'of a computer'],
  ['narrow', 'of a telephone'],
] as const;

/**
 * The pages that an endpoint has for people, with sample data. Each comes as a document of its own whose policy lets it run, load and
 * send nothing, and the frame allows it no more.
 */
export function PagesPreview({ endpoint, etag }: { readonly endpoint: Endpoint; readonly etag: string | null }) {
  const { resource } = useEndpointOf();
  const [page, setPage] = useState<string>('login');
  const [language, setLanguage] = useState('');
  const [scheme, setScheme] = useState('');
  const [view, setView] = useState('wide');
  const locales = endpoint.userPages?.locales ?? [];
  const spoken = locales.includes(language) ? language : (locales[0] ?? '');
  return (
    <section className="card stack" aria-labelledby="preview">
      <h2 id="preview">How its pages look</h2>
      <div className="preview-choices">
        <SelectField label="Page" pointer="/page" options={Object.entries(PAGES)} value={page} onChange={setPage} />
        <SelectField
          label="Language"
          pointer="/language"
          options={locales.map((locale) => [locale, locale] as const)}
          value={spoken}
          onChange={setLanguage}
        />
        <SelectField label="Colours" pointer="/scheme" options={SCHEMES} value={scheme} onChange={setScheme} />
        <SelectField label="Window" pointer="/window" options={WINDOWS} value={view} onChange={setView} />
      </div>
      <iframe
        // What is stored is another thing with another tag.
        key={etag}
        className={`preview preview-${view}`}
        title={`Preview: ${PAGES[page as PreviewPage]}`}
        sandbox=""
        referrerPolicy="no-referrer"
        src={addressOf(`${resource}/preview`, { page, language: spoken, scheme })}
      />
    </section>
  );
}
