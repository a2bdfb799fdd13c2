import type { AuditEvent } from '../../api/shapes.ts';
import { nameOfKey, nameOfKind } from '../../components/entity-names.ts';

/** What was done to what the event is about. */
const VERBS: Readonly<Record<string, string>> = {
  create: 'created',
  update: 'changed',
  delete: 'deleted',
  register: 'registered',
  expire: 'saw the end of',
  revoke: 'revoked',
  rotate: 'rotated',
  clear: 'emptied',
  give: 'gave away',
  import: 'imported accounts into',
  link: 'linked',
  unlink: 'unlinked',
  approve: 'approved',
  reject: 'rejected',
  withdraw: 'withdrew',
  allow: 'allowed',
  deny: 'refused',
  'set-password': 'set the password of',
  'add-secret': 'added a secret to',
  'delete-secret': 'deleted a secret of',
  'renew-token': 'renewed the token of',
};

/** Where the verb does not say it. */
const PHRASES: Readonly<Record<string, (event: AuditEvent) => string>> = {
  'administrator.sign-in': () => 'signed in',
  'administrator.sign-out': () => 'signed out',
  'administrator.end-sessions': () => 'ended sessions of administrator',
  'delegation.revoke-all': ({ after }) => `revoked everything ${whose(after)}in profile`,
  'procedure.activate': (event) => `activated ${version(event)}procedure`,
  'library.activate': (event) => `activated ${version(event)}library`,
  'procedure.rollback': (event) => `rolled back to ${version(event)}procedure`,
  'proposal.create': () => 'made proposal',
  'authorization-code.reused': () => 'saw an authorization code used again',
  'refresh-token.reused': () => 'saw a refresh token used again',
  'device-code.reused': () => 'saw a device code used again',
  'backchannel-authentication.reused': () => 'saw an auth_req_id used again',
};

/** An event as a sentence. */
export function Sentence({ event }: { readonly event: AuditEvent }) {
  const { actor, action, kind, key } = event;
  const phrase = Object.hasOwn(PHRASES, action) ? PHRASES[action]?.(event) : undefined;
  const verb = action.slice(action.indexOf('.') + 1);
  const isSession = action === 'administrator.sign-in' || action === 'administrator.sign-out';
  const known = VERBS[verb];
  return (
    <p className="audit-sentence">
      <strong>{actorOf(actor)}</strong>{' '}
      {phrase ?? (known === undefined ? `noted “${verb.replaceAll('-', ' ')}” of ${nameOfKind(kind)}` : `${known} ${nameOfKind(kind)}`)}{' '}
      {!isSession && key !== '' && <code>{nameOfKey(key)}</code>}
    </p>
  );
}

function actorOf(actor: string): string {
  if (actor === 'system') return 'The service';
  if (actor === 'file') return 'A configuration file';
  return actor === 'cli' ? 'The command line' : actor;
}

function version({ after }: AuditEvent): string {
  const active = (after as { readonly activeVersion?: number | null } | null)?.activeVersion;
  return active == null ? '' : `version ${active} of `;
}

function whose(details: unknown): string {
  const { owner, clientId } = (details ?? {}) as { readonly owner?: string; readonly clientId?: string };
  return `${owner === undefined ? '' : `of ${owner} `}${clientId === undefined ? '' : `at ${clientId} `}`;
}
