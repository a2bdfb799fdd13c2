import { Command } from 'commander';
import { pathOf, type ProposalView } from '../admin-client.ts';
import { changesInWords, type ChangeView } from '../changes-in-words.ts';
import { adminClient, remote, type ConnectionFlags } from '../connection.ts';
import { json } from '../flags.ts';
import { harmless, moment, table, type Terminal } from '../terminal.ts';

interface Summary extends ProposalView {
  readonly state: string;
  readonly author: string;
  readonly note: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
  readonly reason: string;
}

interface Proposal extends Summary {
  readonly changes: readonly ChangeView[];
  readonly findings: readonly { readonly message: string; readonly line?: number; readonly column?: number; readonly key?: string }[];
}

/** `proposal`: changes that another administrator approves. */
export function proposalCommand(terminal: Terminal): Command {
  const command = new Command('proposal').description('Review changes that another administrator has proposed');
  for (const child of [list, show, approve, reject, withdraw]) command.addCommand(child(terminal));
  return command;
}

function list(terminal: Terminal): Command {
  return remote(new Command('list').description('List proposals that wait for a decision, newest first'))
    .option('--all', 'those that are decided or over, too')
    .option('--author <id>', 'of this administrator')
    .addHelpText('after', '\nExamples:\n  tokenwright proposal list\n  tokenwright proposal list --all --author alice')
    .action(async (flags: ConnectionFlags & { readonly all?: boolean; readonly author?: string }) => {
      const query = { waiting: flags.all !== true, author: flags.author };
      const items = await adminClient(flags, terminal.env).list<Summary>('proposals', query);
      const rows = items.map(({ id, state, action, key, author, createdAt, note }) => [
        id,
        state,
        action,
        decoded(key),
        author,
        moment(createdAt),
        note,
      ]);
      terminal.out(flags.json === true ? json(items) : table(['ID', 'STATE', 'CHANGE', 'OF', 'AUTHOR', 'PROPOSED', 'NOTE'], rows));
    });
}

function show(terminal: Terminal): Command {
  return remote(new Command('show').description('Show what a proposal changes, and what checks advise'))
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  tokenwright proposal show 3f0c...')
    .action(async (id: string, flags: ConnectionFlags) => {
      const proposal = await adminClient(flags, terminal.env).get<Proposal>(pathOf('proposals', id));
      terminal.out(flags.json === true ? json(proposal) : inWords(proposal));
    });
}

function approve(terminal: Terminal): Command {
  return remote(new Command('approve').description('Approve a proposal of another administrator, which makes its change'))
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  tokenwright proposal approve 3f0c...')
    .action((id: string, flags: ConnectionFlags) => decide(id, 'approve', {}, flags, terminal));
}

function reject(terminal: Terminal): Command {
  return remote(new Command('reject').description('Reject a proposal'))
    .argument('<id>')
    .option('--reason <text>', 'for the author and the audit trail')
    .addHelpText('after', '\nExample:\n  tokenwright proposal reject 3f0c... --reason "It drops the audience"')
    .action((id: string, flags: ConnectionFlags & { readonly reason?: string }) =>
      decide(id, 'reject', { json: { reason: flags.reason } }, flags, terminal),
    );
}

function withdraw(terminal: Terminal): Command {
  return remote(new Command('withdraw').description('Withdraw a proposal of your own'))
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  tokenwright proposal withdraw 3f0c...')
    .action((id: string, flags: ConnectionFlags) => decide(id, 'withdraw', {}, flags, terminal));
}

async function decide(id: string, verb: string, options: { json?: unknown }, flags: ConnectionFlags, terminal: Terminal): Promise<void> {
  const decided = await adminClient(flags, terminal.env).send<Proposal>('POST', pathOf('proposals', id, verb), options);
  const made = verb === 'approve' ? ` The change is made: ${decided.action} ${decoded(decided.key)}`.trimEnd() + '.' : '';
  terminal.out(flags.json === true ? json(decided) : harmless(`Proposal ${id} is ${decided.state}.${made}\n`));
}

function inWords(proposal: Proposal): string {
  const { id, state, action, key, author, note, createdAt, expiresAt, decidedBy, decidedAt, reason, changes, findings } = proposal;
  const rows = [
    ['proposal', id],
    ['state', decidedBy === null ? `${state}, until ${moment(expiresAt)}` : `${state} by ${decidedBy} at ${moment(decidedAt)}`],
    ...(reason === '' ? [] : [['reason', reason]]),
    ['change', `${action} ${decoded(key)}`.trimEnd()],
    ['author', `${author} at ${moment(createdAt)}`],
    ...(note === '' ? [] : [['note', note]]),
    ...findings.map(({ message, line, column, key: of }) => [
      'finding',
      `${of === undefined ? '' : `${decoded(of)}: `}${line === undefined ? '' : `${line}:${column ?? 1}: `}${message}`,
    ]),
  ];
  return `${table(['', ''], rows).replace(/^\n/, '')}\n${changesInWords(changes)}`;
}

/** A change that was proposed instead of made. */
export function proposedInWords({ id, action, key, revealed = {} }: ProposalView): string {
  const told = Object.entries(revealed).map(([name, text]) => `The ${name}, shown this once, good from the approval on: ${text}\n`);
  return harmless(
    `Proposed, nothing is changed yet: ${`${action} ${decoded(key)}`.trimEnd()}.\n${told.join('')}Another administrator approves it with: tokenwright proposal approve ${id}\n`,
  );
}

function decoded(key: string): string {
  return key.split('/').map(decodeURIComponent).join('/');
}
