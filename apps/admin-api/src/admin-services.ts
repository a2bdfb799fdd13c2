import type { ExecutionSource } from '#libs/executions';
import type {
  CheckFinding,
  DryRunner,
  FlowId,
  KeySealer,
  LiveConfiguration,
  ProcedureLanguage,
  RecordedFault,
  Sandbox,
  SandboxLimits,
  Stores,
} from '#libs/oauth';
import type { Declarations } from '#libs/procedure-check';
import type { StoredSampleRunner } from '#libs/procedure-testing';

/** What the admin API stands on; whoever starts the process makes it. */
export interface AdminServices {
  readonly stores: Stores;
  readonly configuration: LiveConfiguration;
  readonly sandbox: Sandbox;
  readonly compiler: ScriptCompiler;
  readonly sealer: KeySealer;
  readonly dryRunner: DryRunner;
  /** Runs versions and texts in the samples of their procedures. */
  readonly sampleRunner: Pick<StoredSampleRunner, 'run' | 'tried'>;
  /** Of a run of a procedure, as they are in force. */
  readonly limits: SandboxLimits;
  /** The text of the shipped procedure of a flow. */
  readonly defaultSource: (flow: FlowId) => string;
  /** What the compiler sees beside a text, for editors. */
  readonly declarations: () => Declarations;
  /** Seconds since 1970, whole. */
  readonly clock: () => number;
  /** Base URL of the token service, to which issuers given as a path are appended. */
  readonly baseUrl: string;
  /** Whether this process can serve. The reason is for operators and shown without authentication: no secrets in it. */
  readonly ready: () => { readonly ready: boolean; readonly reason?: string };
  readonly log: AdminLog;
  readonly version: string;
  /** The configuration file that this node applies when it starts, for those whom a change is refused; null where none was named. */
  readonly configurationFile: string | null;
  /** Whether what decides what tokens say is proposed by one administrator and approved by another. */
  readonly fourEyes: boolean;
  /** The latest failures of procedures on this node, newest first. */
  readonly recentFaults: () => readonly RecordedFault[];
  /** What ran lately. */
  readonly executions: ExecutionSource;
  /** What the node has counted, as text for whoever gathers metrics. */
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

/** Checks uploaded texts against the types that procedures may use and blanks types out; `libs/procedure-check` fits it. */
export interface ScriptCompiler {
  /** Never throws for what is wrong with the text. */
  compile(text: {
    readonly source: string;
    readonly language: ProcedureLanguage;
    /** Null for a library. */
    readonly flow: string | null;
    /** What the text sees of others, in the order of their evaluation. */
    readonly libraries?: readonly { readonly name: string; readonly language: ProcedureLanguage; readonly source: string }[];
    /** Whose texts take turns with those of others. */
    readonly author?: string;
  }): Promise<
    | { readonly ok: true; readonly script: string; readonly warnings: readonly CheckFinding[] }
    | { readonly ok: false; readonly errors: readonly CheckFinding[] }
  >;
}

/** The part of a pino logger that is used here. */
export interface AdminLog {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Injection token of `AdminServices`. */
export const SERVICES = Symbol('AdminServices');
