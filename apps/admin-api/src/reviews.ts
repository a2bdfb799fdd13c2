import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  entityKey,
  PROPOSAL_LIFETIME,
  ProposalDecidedError,
  type Configuration,
  type Decision,
  type NewAuditEvent,
  type Proposal,
} from '#libs/oauth';
import type { Actor } from './actor.ts';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { actionOf, auditOf, auditOfGifts, bare, keysFor, type PlannedChange } from './change-audit.ts';
import type { Edit } from './edit.ts';
import { changeViews } from './entity-changes.ts';
import { baseOf, isAsItWas, isGuarded, RENEW_TOKEN } from './guarded-changes.ts';
import { isSamePerson } from './open-id-people.ts';
import { OpenIdSignIn } from './open-id-sign-in.ts';
import { notFound, Problem } from './problem.ts';
import { proposalView, stateOf, type Finding, type ProposalView } from './proposal-views.ts';

/** What a proposal has beside its changes. */
export interface ReviewOptions {
  /** What checks advise, for reviewers; asked for only when there is a proposal. */
  readonly findings?: (configuration: Configuration) => Promise<readonly Finding[]>;
  /** What is told to the author in this one answer, such as a secret that was generated. */
  readonly reveals?: Readonly<Record<string, string>>;
  /** What it is about; the first change that needs a review unless told. */
  readonly about?: { readonly action: string; readonly kind: string; readonly key: string };
}

/** Thrown in place of a change: it waits for another administrator. Answered with 202. */
export class Proposed extends Error {
  constructor(
    readonly proposal: ProposalView,
    readonly revealed: Readonly<Record<string, string>> | undefined,
  ) {
    super('The change waits for another administrator.');
    this.name = 'Proposed';
  }
}

/** Changes that one administrator proposes and another one approves. */
@Injectable()
export class Reviews {
  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly openId: OpenIdSignIn,
  ) {}

  /** Whether what this administrator changes is proposed, as far as it decides what tokens say. */
  asksFor(actor: Actor): boolean {
    return this.services.fourEyes || actor.role !== 'admin';
  }

  /** @throws Proposed where changes need a second administrator */
  async propose(edit: Edit, before: Configuration, changes: readonly PlannedChange[], options: ReviewOptions = {}): Promise<void> {
    if (!this.asksFor(edit.actor)) return;
    const guarded = changes.find((change) => isGuarded(before, change, edit.actor.id, this.openId.isOffered));
    const about = options.about ?? (guarded === undefined ? undefined : { ...guarded, action: actionOf(before, guarded) });
    if (about === undefined || changes.length === 0) return;
    const now = this.services.clock();
    const proposal: Proposal = {
      id: randomUUID(),
      author: edit.actor.id,
      ...{ action: about.action, kind: about.kind, key: about.key, note: edit.proposalNote, changes, base: baseOf(before, changes) },
      review: { changes: changeViews(before, changes.map(bare)), findings: (await options.findings?.(before)) ?? [] },
      ...{ createdAt: now, expiresAt: now + PROPOSAL_LIFETIME },
      ...{ decision: 'open', decidedBy: null, decidedAt: null, reason: '' },
    };
    await this.services.stores.proposals.create(proposal, [this.#event('create', proposal, edit.actor, {})]);
    throw new Proposed(this.view(proposal), options.reveals);
  }

  /** @throws Problem `not-found` */
  async find(id: string): Promise<Proposal> {
    const proposal = await this.services.stores.proposals.find(id);
    if (proposal === null) throw notFound(`proposal "${id}"`);
    return proposal;
  }

  view(proposal: Proposal): ProposalView {
    return proposalView(proposal, this.#state(proposal));
  }

  /** Makes the very change that was proposed, in one transaction with the approval. */
  async approve(actor: Actor, id: string): Promise<ProposalView> {
    const proposal = await this.find(id);
    const { clock, configuration: live, sealer } = this.services;
    const state = this.#state(proposal);
    // What it changes may be changed because another node has approved this very proposal since it was read.
    requireOpen(state === 'stale' ? await this.find(id) : proposal, state);
    await this.#requireAnother(actor, proposal);
    const decision = this.#decision(proposal, actor, 'approved', '');
    const { result } = await this.#deciding(() =>
      live.change(async (configuration) => {
        // Whoever was faster may have approved this very proposal.
        if (!isAsItWas(configuration, proposal.base)) throw refusal(await this.find(id), 'stale');
        const changes = proposal.changes.map(bare);
        const keys = await keysFor(configuration, changes, sealer, clock());
        const audit = [
          this.#event('approve', proposal, actor, {}),
          ...auditOf(configuration, proposal.changes, proposal.author, clock()),
          ...auditOfGifts(configuration, changes, actor.id, clock()),
          ...auditOf(configuration, keys, actor.id, clock()),
        ];
        return { changes: [...changes, ...keys], audit, decision, result: decided(proposal, decision) };
      }),
    );
    return this.view(result);
  }

  reject(actor: Actor, id: string, reason: string): Promise<ProposalView> {
    return this.#close(actor, id, 'rejected', reason);
  }

  /** @throws Problem `forbidden` for others than the author */
  withdraw(actor: Actor, id: string): Promise<ProposalView> {
    return this.#close(actor, id, 'withdrawn', '');
  }

  async #close(actor: Actor, id: string, verdict: 'rejected' | 'withdrawn', reason: string): Promise<ProposalView> {
    const proposal = await this.find(id);
    if (verdict === 'withdrawn' && !isSamePerson(proposal.author, actor.id))
      throw new Problem('forbidden', `It is of "${proposal.author}": reject it instead, with the role "admin".`);
    const state = this.#state(proposal);
    if (state !== 'stale') requireOpen(proposal, state);
    const decision = this.#decision(proposal, actor, verdict, reason);
    const event = this.#event(verdict === 'rejected' ? 'reject' : 'withdraw', proposal, actor, reason === '' ? {} : { reason });
    if (!(await this.services.stores.proposals.decide(decision, [event]))) throw decidedMeanwhile();
    return this.view(decided(proposal, decision));
  }

  async #deciding<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof ProposalDecidedError ? decidedMeanwhile() : error;
    }
  }

  #state(proposal: Proposal) {
    const { clock, configuration } = this.services;
    return stateOf(proposal, clock(), isAsItWas(configuration.current, proposal.base));
  }

  /** Two administrators are two people only while neither has seen the token of the other. */
  async #requireAnother(actor: Actor, { author }: Proposal): Promise<void> {
    if (isSamePerson(actor.id, author))
      throw new Problem('forbidden', 'Nobody approves what they have proposed: another administrator has to.');
    for (const [one, other] of [
      [actor.id, author],
      [author, actor.id],
    ] as const) {
      if (!(await this.#hasSeenToken(one, other))) continue;
      throw new Problem(
        'forbidden',
        `"${one}" was shown the token of "${other}", so the two may be one person. "${other}" makes it another one first, with the token itself: tokenwright admin renew-token ${other}`,
      );
    }
  }

  /** Whether the present token of an administrator was shown to another one, as the audit trail tells. */
  async #hasSeenToken(one: string, of: string): Promise<boolean> {
    const events = await this.services.stores.audit.list({ kind: 'administrator', key: entityKey(of), limit: 1000 });
    const given = events.find(({ action }) => action === 'administrator.create' || action === RENEW_TOKEN);
    return given !== undefined && isSamePerson(given.actor, one) && one !== of;
  }

  #decision({ id }: Proposal, actor: Actor, decision: Decision['decision'], reason: string): Decision {
    return { id, decision, by: actor.id, at: this.services.clock(), reason };
  }

  #event(verb: string, proposal: Proposal, actor: Actor, more: object): NewAuditEvent {
    const { id, author, action, kind, key, note } = proposal;
    const [at, after] = [this.services.clock(), { author, action, kind, key, note, ...more }];
    return { at, actor: actor.id, action: `proposal.${verb}`, kind: 'proposal', key: entityKey(id), before: null, after };
  }
}

function decided(proposal: Proposal, { decision, by, at, reason }: Decision): Proposal {
  return { ...proposal, decision, decidedBy: by, decidedAt: at, reason };
}

function requireOpen(proposal: Proposal, state: ProposalView['state']): void {
  if (state !== 'open') throw refusal(proposal, state);
}

/** Why a proposal in a state cannot be decided as asked for. */
function refusal({ decision, decidedBy }: Proposal, found: ProposalView['state']): Problem {
  const state = decision === 'open' ? found : decision;
  if (state === 'stale')
    return new Problem('proposal-stale', 'What it changes is not what it was made for any more: look at it again and propose it anew.');
  return new Problem(
    'proposal-decided',
    state === 'expired' ? 'Its time is over: propose the change again.' : `It was ${state} by "${decidedBy ?? ''}".`,
  );
}

function decidedMeanwhile(): Problem {
  return new Problem('proposal-decided', 'Somebody decided it meanwhile, or its time is over.');
}
