import {
  sourceExcerpt,
  type Choice,
  type EndpointKind,
  type ExecutionCall,
  type Fault,
  type LogLine,
  type NotRun,
  type Program,
  type RefusedBecause,
  type Usage,
} from '#libs/oauth';
import type { ExecutionOutcomeName, Slot } from './execution-ring.ts';

/** One execution as operators see it, or a request for which no procedure ran. */
export interface ExecutionView {
  readonly id: string;
  /** The node that served it. */
  readonly node: string;
  /** Seconds since 1970, with milliseconds. */
  readonly at: number;
  readonly profile: string;
  readonly endpoint: string;
  readonly kind: EndpointKind;
  /** Null, with the next three, where the request ended before it was known. */
  readonly flow: string | null;
  readonly procedure: string | null;
  readonly version: number | null;
  readonly choice: Choice | null;
  /** Why this version ran, or why none did, in words. */
  readonly why: string;
  readonly client: string | null;
  /** `X-Request-Id` of the request. */
  readonly requestId: string | null;
  readonly outcome: ExecutionOutcomeName;
  /** Why nothing ran; null where something did. */
  readonly notRun: NotRun | RefusedBecause | null;
  /** What the caller was told by a refusal; null for none. */
  readonly refusal: { readonly status: number; readonly code: string | null; readonly description: string | null } | null;
  readonly fault: (Fault & { readonly excerpt: readonly string[] }) | null;
  readonly log: readonly LogLine[];
  readonly calls: readonly ExecutionCall[];
  readonly milliseconds: number;
  /** Null where it was not measured. */
  readonly usage: Usage | null;
}

/** @param id of the slot's number */
export function viewOf(slot: Slot, id: string, node: string): ExecutionView {
  const { place, ran, fault, program, refused } = slot;
  return {
    ...{ id, node, at: slot.at / 1000 },
    ...{ profile: place.profile, endpoint: place.endpoint, kind: place.kind },
    ...{ flow: ran?.flow ?? null, procedure: ran?.procedure ?? null, version: ran?.version ?? null, choice: ran?.choice ?? null },
    why: reasonOf(slot),
    ...{ client: slot.client, requestId: slot.requestId, outcome: slot.outcome },
    notRun: refused?.because ?? fault?.notRun ?? null,
    refusal: refusalOf(slot),
    fault: fault === null ? null : { ...fault, excerpt: program === null ? [] : excerptOf(fault, program) },
    ...{ log: slot.log, calls: slot.calls },
    milliseconds: Math.round(slot.milliseconds * 1000) / 1000,
    usage: slot.usage,
  };
}

function refusalOf({ rejection, refused }: Slot): ExecutionView['refusal'] {
  if (refused !== null) return { status: refused.status, code: refused.code, description: refused.description };
  if (rejection === null) return null;
  const { status, code, description } = JSON.parse(rejection) as NonNullable<ExecutionView['refusal']>;
  return { status, code, description };
}

/** Of the script that ran: what its author has uploaded, types apart. */
function excerptOf({ line, column, library }: Fault, program: Program): readonly string[] {
  if (line === undefined) return [];
  const source = library === undefined ? program.source : program.libraries?.find(({ name }) => name === library)?.source;
  return source === undefined ? [] : sourceExcerpt(source, line, column);
}

function reasonOf({ ran, fault, refused }: Slot): string {
  if (refused !== null) return `no procedure ran: ${REFUSED[refused.because]} (${refused.code})`;
  if (ran === null) return '';
  const chosen = chosenBecause(ran.choice, ran.procedure, ran.version);
  return fault?.notRun === undefined ? chosen : `${chosen}; it did not run: ${fault.message}`;
}

const REFUSED: Readonly<Record<RefusedBecause, string>> = {
  refused: 'the request was refused before',
  slowed: 'its sender fails too often and was held back',
  'failed-closed': 'the service could not go on, and its log has more',
};

function chosenBecause(choice: Choice, procedure: string, version: number): string {
  switch (choice) {
    case 'active':
      return `version ${version} is the active version of "${procedure}"`;
    case 'pinned':
      return `the binding pins version ${version} of "${procedure}"`;
    case 'default':
      return 'nothing is bound to the flow, so the shipped default answers';
  }
}
