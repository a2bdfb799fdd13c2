import { useMutation } from '@tanstack/react-query';
import { get } from '../../api/request.ts';
import { Button } from '../../components/button.tsx';
import { giveFile } from '../../components/download.ts';
import { useToast } from '../../components/toast.tsx';

export function ExportCard() {
  const toast = useToast();
  const download = useMutation({
    mutationFn: async () => giveFile('tokenwright.yaml', 'application/yaml', (await get<string>('/configuration')).data),
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
