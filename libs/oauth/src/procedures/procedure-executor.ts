import { randomBytes, randomUUID } from 'node:crypto';
import type { Route } from '../configuration/snapshot.ts';
import { OAuthError, serverError } from '../errors.ts';
import { CeilingError } from '../issuance/claims.ts';
import type { BucketStore, MaybePromise } from '../stores.ts';
import type { OAuthRequest } from '../transport/exchange.ts';
import type { ExecutionObserver, ProgramPlace } from './execution-observer.ts';
import type { ExecutionRecord } from './execution-record.ts';
import type { FlowId } from './flows.ts';
import { CONTEXT_SECTIONS, type ContextSection } from './host-calls.ts';
import type { HostServices } from './host-services.ts';
import { masked } from './masking.ts';
import type { Fault, GuestEffect, HostAnswer, HostCall, Invocation, LogLine, Outcome, Program, Sandbox } from './sandbox.ts';
import { SERVICE_CALLS, ServiceCalls, type ExecutionCall, type ProfileServices } from './service-calls.ts';

/** What a flow gives for one run of its procedure. */
export interface Execution {
  readonly program: Program;
  readonly profile: string;
  /** The members of the context text that are always sent: JSON members without the braces. */
  readonly core: string;
  /** JSON text of members sent only to versions that read them. */
  section(name: ContextSection): string;
  /**
   * The token of an issuer that signs.
   * @throws CeilingError
   */
  issue(issuerId: string, delegationId: string, data: string): MaybePromise<string>;
  /** The first values of each kind; `mint` gives further ones. */
  readonly minted: Readonly<Record<string, readonly string[]>>;
  /** @throws CeilingError when the flow makes none of the kind */
  mint(kind: string): string;
  /**
   * JSON text of an `InitializedExchange`, for what a procedure has decided in the first phase of a token exchange; absent where a flow
   * has one phase.
   * @throws CeilingError, or OAuthError for what the procedure may refuse its caller with
   */
  initialize?(decision: string): string;
  /** JSON text of a stored delegation's view, `null` when the procedure may see none of that id; absent where a flow has no issuer of them. */
  delegation?(id: string): MaybePromise<string>;
  readonly likely: Invocation['likely'];
  /** Texts that must not show in logs and errors: the tokens of this run. */
  secrets(): readonly string[];
  readonly measure?: boolean;
  /** Whether the procedure was given a signed token that its caller may not have yet. */
  readonly hasSigned?: boolean;
  /** What the procedure may call beyond its flow: the profile. Without it no service is available. */
  readonly services?: ProfileServices;
  /** Names the authorization grant that is redeemed, for the idempotency of outgoing requests; null or absent for none. */
  readonly grantName?: string | null;
  /** Where it was asked for, by whom, and by which request: for those who watch. */
  readonly route?: Route;
  readonly request?: OAuthRequest;
  readonly clientId?: string | null;
}

/** A run that delivered. */
export interface Returned {
  readonly response: string;
  readonly effects: readonly GuestEffect[];
}

/** Settings of the executor. */
export interface ExecutorSettings {
  /** From the request's arrival to its answer. */
  readonly wallMilliseconds: number;
  /** Every run singly, where it can harm no other: for dry runs. */
  readonly apart?: boolean;
  /** Hears of each run; nobody does without. */
  readonly observer?: ExecutionObserver;
  /** What runs may call; without it every call of a service fails. */
  readonly services?: {
    readonly host: HostServices;
    readonly buckets: Pick<BucketStore, 'get'>;
    /** Procedures get labels in place of secrets. */
    readonly isRehearsal?: boolean;
  };
}

/** How a run ended, with the services it called. */
export type ExecutionOutcome = Outcome & { readonly calls: readonly ExecutionCall[] };

/**
 * Runs procedures: makes the invocation, answers its host calls, and turns every ending but a delivery into what the
 * caller may see. The operator sees the rest through the execution record.
 */
export class ProcedureExecutor {
  /** What each program was seen to read. */
  readonly #reads = new Map<string, Set<ContextSection>>();
  /** Of runs whose effects may still turn out to be wrong. */
  readonly #calls = new WeakMap<Execution, ServiceCalls>();

  constructor(
    private readonly sandbox: Sandbox,
    private readonly record: ExecutionRecord,
    private readonly settings: ExecutorSettings,
  ) {}

  /** @throws OAuthError what the procedure refused with, `server_error` for a fault, `temporarily_unavailable` when it could not run */
  async run(execution: Execution): Promise<Returned> {
    const outcome = await this.#outcome(execution);
    if (outcome.kind === 'returned') return outcome;
    if (outcome.kind === 'rejected') throw rejection(outcome.payload, execution.hasSigned);
    throw faultError(outcome.fault);
  }

  /** The same as a value, with the services that it called: for dry runs. */
  async outcome(execution: Execution): Promise<ExecutionOutcome> {
    const outcome = await this.#outcome(execution);
    return { ...outcome, calls: this.#calls.get(execution)?.trace ?? [] };
  }

  async #outcome(execution: Execution): Promise<Outcome> {
    const { program } = execution;
    const { observer } = this.settings;
    const now = Date.now();
    const began = observer === undefined ? 0 : performance.now();
    const place = observer === undefined ? undefined : placeOf(execution);
    const deadline = now + this.settings.wallMilliseconds;
    const measured = execution.measure === true || (place !== undefined && observer?.wantsUsage(place, now) === true);
    const ended = objectOnly(
      await this.sandbox.run({
        program: program.key,
        context: this.#context(execution),
        now,
        // As good as any engine's Math.random; tokens, ids and UUIDs are minted by the system's generator.
        seed: (Math.random() * 0x1_0000_0000) >>> 0,
        minted: execution.minted,
        likely: execution.likely,
        answer: (call) => (SERVICE_CALLS.has(call.kind) ? this.#serve(execution, call, now, deadline) : this.#answer(execution, call)),
        deadline,
        ...(measured ? { measure: true } : {}),
        ...(this.settings.apart === true ? { apart: true } : {}),
      }),
      program,
    );
    const services = this.#calls.get(execution);
    const outcome = services === undefined ? ended : withoutSecrets(ended, services, program);
    const isSilent = outcome.log.length === 0 && outcome.kind === 'returned';
    const safe = isSilent ? outcome : maskOutcome(outcome, execution.secrets());
    const calls = services?.trace ?? NO_CALLS;
    this.record.ended(execution.profile, program, safe, calls);
    if (place !== undefined) observer?.ran(execution, place, safe, calls, now, performance.now() - began);
    return safe;
  }

  /** A fault that shows only after the run: the response or an effect broke a rule. */
  fault(execution: Execution, message: string): OAuthError {
    const { program } = execution;
    const safe = this.#calls.get(execution)?.literals.mask(message) ?? message;
    const fault: Fault = { kind: 'invalid-response', procedure: program.procedure, version: program.version, message: safe, stack: [] };
    const shown = maskFault(fault, execution.secrets());
    this.record.ended(execution.profile, program, { kind: 'fault', fault: shown, log: [] });
    const place = this.settings.observer === undefined ? undefined : placeOf(execution);
    if (place !== undefined) this.settings.observer?.foundWrong(execution, place, shown);
    return faultError(fault);
  }

  #context(execution: Execution): string {
    let text = `{${execution.core}`;
    const reads = this.#reads.get(execution.program.key);
    if (reads !== undefined) for (const name of reads) text += `,"${name}":${execution.section(name)}`;
    return `${text}}`;
  }

  async #serve(execution: Execution, call: HostCall, now: number, deadline: number): Promise<HostAnswer> {
    const { settings } = this;
    const { services: profile, program, grantName = null } = execution;
    if (settings.services === undefined || profile === undefined) return unavailable(program);
    let calls = this.#calls.get(execution);
    if (calls === undefined) {
      const { host, buckets, isRehearsal = false } = settings.services;
      const tokens = () => execution.secrets();
      calls = new ServiceCalls({ host, buckets, profile, program, now, deadline, tokens, grant: grantName, isRehearsal });
      this.#calls.set(execution, calls);
    }
    try {
      return await calls.answer(call);
    } catch (error) {
      // The sandbox ends the run, and says no more than that; the operator should know why.
      const message = masked(calls.literals.mask(error instanceof Error ? error.message : String(error)), execution.secrets());
      this.record.callFailed(execution.profile, program, call.kind, message);
      throw error;
    }
  }

  #answer(execution: Execution, call: HostCall): MaybePromise<HostAnswer> {
    switch (call.kind) {
      case 'issue': {
        // Before it is signed: the procedure would have the signature.
        const secret = this.#calls.get(execution)?.literals.within(call.args) ?? null;
        if (secret !== null) return { error: { code: 'fault', message: `the secret "${secret}" may not be put into a token` } };
        return answerIssue(execution, call.args);
      }
      case 'section': {
        const name = CONTEXT_SECTIONS.find((section) => section === call.args);
        if (name === undefined) return unavailable(execution.program);
        let reads = this.#reads.get(execution.program.key);
        if (reads === undefined) this.#reads.set(execution.program.key, (reads = new Set()));
        const text = execution.section(name);
        reads.add(name);
        return { ok: text };
      }
      case 'mint':
        return answerMint(execution, call.args);
      case 'initialize':
        return answerInitialize(execution, call.args);
      case 'delegation': {
        const view = execution.delegation?.(call.args);
        if (view === undefined) return unavailable(execution.program);
        return typeof view === 'string' ? { ok: view } : view.then((ok) => ({ ok }));
      }
      default:
        return unavailable(execution.program);
    }
  }
}

const NO_CALLS: readonly ExecutionCall[] = [];

/** Where a run belongs, noted on its request: what ran is then known however the request ends. */
function placeOf({ route, request, program }: Execution): ProgramPlace | undefined {
  const place = route?.places.get(program.flow as FlowId);
  if (request !== undefined && place !== undefined) request.ran = place;
  return place;
}

function unavailable({ flow }: Program): HostAnswer {
  return { error: { code: 'fault', message: `not available in flow ${flow}` } };
}

/** A secret that a run has read leaves by no answer, header or token, and shows in no log. */
function withoutSecrets(outcome: Outcome, { literals }: ServiceCalls, program: Program): Outcome {
  const log = outcome.log.map(({ level, message }) => ({ level, message: literals.mask(message) }));
  if (outcome.kind === 'fault') return { ...outcome, log, fault: { ...outcome.fault, message: literals.mask(outcome.fault.message) } };
  const texts = outcome.kind === 'rejected' ? [outcome.payload] : [outcome.response, ...outcome.effects.flatMap(textsOf)];
  const secret = literals.within(...texts);
  if (secret === null) return { ...outcome, log };
  const { procedure, version } = program;
  const message = `the secret "${secret}" is in the response, a header, a token or a stored value: it may leave by outgoing requests only`;
  return { kind: 'fault', fault: { kind: 'invalid-response', procedure, version, message, stack: [] }, log };
}

/** What an effect will be read as: the name of a header is sent in small letters. */
function textsOf({ kind, payload }: GuestEffect): readonly string[] {
  return kind === 'header' ? [payload, payload.toLowerCase()] : [payload];
}

/** Values every flow supplies: one of a kind is enough for most procedures. */
export function mintDelegationId(): string {
  return randomBytes(16).toString('base64url');
}

function answerIssue(execution: Execution, args: string): MaybePromise<HostAnswer> {
  const first = args.indexOf('\n');
  const second = args.indexOf('\n', first + 1);
  try {
    const token = execution.issue(args.slice(0, first), args.slice(first + 1, second), args.slice(second + 1));
    return typeof token === 'string' ? { ok: token } : token.then((ok) => ({ ok }), issueError);
  } catch (error) {
    return issueError(error);
  }
}

function answerMint(execution: Execution, kind: string): HostAnswer {
  try {
    return { ok: kind === 'uuid' ? randomUUID() : execution.mint(kind) };
  } catch (error) {
    return issueError(error);
  }
}

function answerInitialize(execution: Execution, decision: string): HostAnswer {
  try {
    const ok = execution.initialize?.(decision);
    return ok === undefined ? unavailable(execution.program) : { ok };
  } catch (error) {
    if (error instanceof OAuthError) return { error: { code: error.code, message: error.message } };
    return issueError(error);
  }
}

function issueError(error: unknown): HostAnswer {
  if (error instanceof CeilingError) return { error: { code: 'fault', message: error.message } };
  throw error;
}

/** A refusal on purpose as the prelude writes it, see `host-calls`. */
interface Rejection {
  readonly status: number;
  /** Null for the default of the status. */
  readonly code: string | null;
  readonly description: string | null;
}

/** A response is an object whatever a `toJSON` made of it: the sandbox's word is not taken for that. */
function objectOnly(outcome: Outcome, program: Program): Outcome {
  if (outcome.kind !== 'returned' || outcome.response.startsWith('{')) return outcome;
  const { procedure, version } = program;
  return {
    kind: 'fault',
    fault: { kind: 'invalid-response', procedure, version, message: 'result() must return a plain object', stack: [] },
    log: outcome.log,
  };
}

/**
 * What a caller sees of a refusal by `exceptionFactory`: the code exactly as given.
 *
 * @param hasSigned a token was signed in the run, so no text of the procedure's that could carry it is passed on
 */
export function rejection(payload: string, hasSigned = false): OAuthError {
  const { status, code, description } = JSON.parse(payload) as Rejection;
  const safeCode = hasSigned && code !== null && !/^[a-z_]{1,64}$/.test(code) ? null : code;
  return new OAuthError(safeCode ?? defaultCode(status), (hasSigned ? null : description) ?? 'The request was refused.', { status });
}

function defaultCode(status: number): string {
  switch (status) {
    case 401:
      return 'invalid_client';
    case 403:
      return 'access_denied';
    case 404:
      return 'not_found';
    case 500:
      return 'server_error';
    default:
      return 'invalid_request';
  }
}

/** What a caller sees of a fault: nothing of it. */
export function faultError(fault: Fault): OAuthError {
  if (fault.retryable === true)
    return new OAuthError('temporarily_unavailable', 'The service cannot answer this request now. Try again later.', {
      retryAfter: 1,
      cause: fault,
    });
  return serverError(fault);
}

function maskOutcome(outcome: Outcome, secrets: readonly string[]): Outcome {
  const log: LogLine[] = outcome.log.map((line) => ({ level: line.level, message: masked(line.message, secrets) }));
  if (outcome.kind === 'fault') return { ...outcome, fault: maskFault(outcome.fault, secrets), log };
  return outcome.kind === 'rejected' ? { ...outcome, payload: maskRejection(outcome.payload, secrets), log } : { ...outcome, log };
}

/** Masked after parsing: the text of a presented token is the caller's, and may be anything. */
function maskRejection(payload: string, secrets: readonly string[]): string {
  const refused = JSON.parse(payload) as Rejection;
  if (refused.description === null) return payload;
  return JSON.stringify({ ...refused, description: masked(refused.description, secrets) } satisfies Rejection);
}

function maskFault(fault: Fault, secrets: readonly string[]): Fault {
  return { ...fault, message: masked(fault.message, secrets) };
}
