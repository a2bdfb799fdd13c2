import type { EndpointKind } from '../configuration/entities.ts';
import type { FlowId } from './flows.ts';
import type { Execution } from './procedure-executor.ts';
import type { Fault, Outcome } from './sandbox.ts';
import type { ExecutionCall } from './service-calls.ts';

/** An endpoint as those who watch name it. One object for each in a configuration. */
export interface EndpointPlace {
  readonly profile: string;
  readonly endpoint: string;
  readonly kind: EndpointKind;
}

/** Why this very program answers: the binding leaves it to the active version or pins one, or nothing is bound. */
export type Choice = 'active' | 'pinned' | 'default';

/** Which program answers a flow of an endpoint, and why. One object for each in a configuration. */
export interface ProgramPlace extends EndpointPlace {
  readonly flow: FlowId;
  readonly procedure: string;
  readonly version: number;
  readonly choice: Choice;
}

/** Why no procedure ran for a request, where the sandbox was not even asked: the caller did wrong, was held back, or the service could not. */
export type RefusedBecause = 'refused' | 'slowed' | 'failed-closed';

/** A request that was answered with an error before a procedure ran. */
export interface RefusedRequest {
  readonly because: RefusedBecause;
  /** Null unless the profile has a client of that id: what strangers claim to be is not kept. */
  readonly client: string | null;
  /** As in `Execution`. */
  readonly requestId: string | null;
  readonly status: number;
  /** `error` and `error_description` of the answer. */
  readonly code: string;
  readonly description: string;
}

/**
 * Hears of every run and of every request, in the request's own path: it takes next to no time, never throws, and keeps nothing of an
 * execution but what the log may show.
 */
export interface ExecutionObserver {
  /** Whether the coming run is to be measured, which costs some microseconds. @param now milliseconds since 1970 */
  wantsUsage(place: ProgramPlace, now: number): boolean;
  /**
   * A run has ended; no secret is in the outcome but for the response of one that returned.
   *
   * @param startedAt milliseconds since 1970
   * @param milliseconds until the outcome was there
   */
  ran(
    execution: Execution,
    place: ProgramPlace,
    outcome: Outcome,
    calls: readonly ExecutionCall[],
    startedAt: number,
    milliseconds: number,
  ): void;
  /** What a run returned has turned out to break a rule. */
  foundWrong(execution: Execution, place: ProgramPlace, fault: Fault): void;
  /** Nothing ran for a request. */
  refused(place: EndpointPlace, request: RefusedRequest): void;
  /** @param ran the program that ran last for the request; null for none */
  answered(place: EndpointPlace, ran: ProgramPlace | null, status: number, milliseconds: number): void;
}

/** Ids of requests that are longer are not kept. Characters. */
const LONGEST_REQUEST_ID = 128;

/** `X-Request-Id` as gateways and clients send it; null without one that can be shown. */
export function requestIdOf(headers: Readonly<Record<string, string | readonly string[] | undefined>>): string | null {
  const id = headers['x-request-id'];
  return typeof id === 'string' && id.length <= LONGEST_REQUEST_ID && /^[\x21-\x7e]+$/.test(id) ? id : null;
}
