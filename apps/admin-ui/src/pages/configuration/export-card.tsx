import { useMutation } from '@tanstack/react-query';
import { get } from '../../api/request.ts';
import { Button } from '../../components/button.tsx';
import { useToast } from '../../components/toast.tsx';

export function ExportCard() {
  const toast = useToast();
  const download = useMutation({
    mutationFn: async () => save((await get<string>('/configuration')).data),
    onSuccess: () => toast.done('The configuration is downloaded.'),
    onError: (error) => toast.failed(error),
  });
  return (
    <section className="card stack" aria-labelledby="export">
      <h2 id="export">Export</h2>
      <p>
        Applying what is exported changes nothing. It has hashes of client secrets and sealed values, and no secret, token or private key in
        the clear; keep it as you keep those hashes.
      </p>
      <div className="row">
        <Button busy={download.isPending} onClick={() => download.mutate()}>
          Download tokenwright.yaml
        </Button>
      </div>
    </section>
  );
}

/** Gives a text to the person as a file. It is not kept. */
function save(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = 'tokenwright.yaml';
  link.click();
  URL.revokeObjectURL(address);
}
