import { useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { ChangeProposed } from '../api/not-changed.ts';
import type { Answer } from '../api/request.ts';
import type { Proposal } from '../api/shapes.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { Dialog } from './dialog.tsx';
import './secret-once.css';

const ProposedContext = createContext<((proposal: Proposal) => void) | null>(null);

/** Tells of changes that were answered 202: a proposal, with secrets that are shown this once. */
export function ProposedChanges({ children }: { readonly children: ReactNode }) {
  const [proposal, setProposal] = useState<Proposal | null>(null);
  return (
    <ProposedContext value={setProposal}>
      {children}
      {proposal !== null && <ProposedDialog proposal={proposal} onClose={() => setProposal(null)} />}
    </ProposedContext>
  );
}

function ProposedDialog({ proposal, onClose }: { readonly proposal: Proposal; readonly onClose: () => void }) {
  const [kept, setKept] = useState(false);
  const secrets = Object.entries(proposal.revealed ?? {});
  const mayClose = kept || secrets.length === 0;
  return (
    <Dialog
      firm={secrets.length > 0}
      title="This waits for another administrator"
      onClose={onClose}
      actions={
        <Button kind="primary" aria-disabled={!mayClose} onClick={() => mayClose && onClose()}>
          Done
        </Button>
      }
    >
      <p>
        Nothing is changed yet. It is a proposal, and takes effect when another administrator approves it.{' '}
        {mayClose && (
          <Link to={`/proposals/${encodeURIComponent(proposal.id)}`} onClick={onClose}>
            Look at the proposal
          </Link>
        )}
      </p>
      {secrets.map(([name, secret]) => (
        <div key={name}>
          <p>
            Its {name} is shown <strong>this once</strong> and is good from the approval on.
          </p>
          <div className="secret-once">
            <code data-testid="secret">{secret}</code>
            <CopyButton text={secret} label={`Copy the ${name}`} />
          </div>
        </div>
      ))}
      {secrets.length > 0 && (
        <label className="check">
          <input type="checkbox" checked={kept} onChange={({ target }) => setKept(target.checked)} />
          <span>I have kept it</span>
        </label>
      )}
    </Dialog>
  );
}

/**
 * Makes changes that may become proposals.
 *
 * @returns a function that passes an answer on; it throws `ChangeProposed` for a proposal, of which the page then tells
 */
export function useProposing(): <T>(change: Promise<Answer<T>>) => Promise<Answer<T>> {
  const tell = useContext(ProposedContext);
  const queries = useQueryClient();
  if (tell === null) throw new Error('there is no ProposedChanges');
  return useCallback(
    async (change) => {
      const answer = await change;
      if (answer.status !== 202) return answer;
      tell(answer.data as Proposal);
      void queries.invalidateQueries({ queryKey: ['/proposals'] });
      throw new ChangeProposed();
    },
    [tell, queries],
  );
}
