import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states.tsx';
import { useMay } from '../../session/session.ts';
import { ExportCard } from './export-card.tsx';
import { ImportForm } from './import-form.tsx';

/** The configuration as a file: taken along, compared, applied. */
export default function ConfigurationPage() {
  const mayUse = useMay('admin');
  return (
    <>
      <PageHeader
        title="Configuration"
        description="All of it as one YAML file: to keep under version control, to take to another service, to compare and to apply."
      />
      {mayUse ? (
        <div className="stack">
          <ExportCard />
          <ImportForm />
        </div>
      ) : (
        <EmptyState title="This needs the role admin">The file has hashes of secrets and sealed values.</EmptyState>
      )}
    </>
  );
}
