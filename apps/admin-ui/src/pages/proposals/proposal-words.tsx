import type { ProposalSummary } from '../../api/shapes.ts';
import { Badge } from '../../components/badge.tsx';
import { nameOfKey, nameOfKind } from '../../components/entity-names.ts';

const STATES = {
  open: ['warning', 'waiting'],
  approved: ['ok', 'approved'],
  rejected: ['danger', 'rejected'],
  withdrawn: ['neutral', 'withdrawn'],
  stale: ['danger', 'stale'],
  expired: ['neutral', 'expired'],
} as const;

export function ProposalState({ state }: Pick<ProposalSummary, 'state'>) {
  const [kind, text] = STATES[state];
  return <Badge kind={kind}>{text}</Badge>;
}

const VERBS: Readonly<Record<string, string>> = {
  create: 'Create',
  update: 'Change',
  delete: 'Delete',
  activate: 'Activate a version of',
  rollback: 'Roll back',
  'add-secret': 'Add a secret to',
  'renew-token': 'Renew the token of',
};

/** What would be done, such as "Change client shop / orders". */
export function titleOf({ action, kind, key }: Pick<ProposalSummary, 'action' | 'kind' | 'key'>): string {
  if (action === 'configuration.apply') return 'Apply a configuration file';
  const verb = action.slice(action.indexOf('.') + 1);
  return `${VERBS[verb] ?? verb} ${nameOfKind(kind)} ${nameOfKey(key)}`;
}
