import type { ProcedureExecutor } from '../procedures/procedure-executor.ts';
import type { GuestEffect } from '../procedures/sandbox.ts';
import { bucketEffects } from '../procedures/bucket-effects.ts';
import type { BucketWrites } from '../procedures/bucket-writes.ts';
import { responseHeaders } from '../procedures/response-headers.ts';
import { RegisteredClient } from '../client/registered-client.ts';
import type { ClientAuthenticationMethod } from '../configuration/client-authentication-settings.ts';
import type { RegistrationTemplate } from '../configuration/registration-settings.ts';
import type { Route } from '../configuration/snapshot.ts';
import { CeilingError } from '../issuance/claims.ts';
import type { RegistrationView } from '../procedures/host-calls.ts';
import type { OAuthRequest } from '../transport/exchange.ts';
import { clientOfRegistration } from './client-of-registration.ts';
import type { Metadata } from './metadata-members.ts';
import { registeredMetadata, UNDERSTOOD } from './registered-metadata.ts';
import { metadataAfter, propertiesAfter } from './registration-effects.ts';
import { AFTER, BEFORE, RegistrationExecution } from './registration-execution.ts';
import { OWN_MEMBERS } from './registration-request.ts';
import type { SectorLists } from './sector-lists.ts';
import type { SoftwareStatement } from './software-statements.ts';

/** What a registration or its update is made of. */
export interface RegistrationInput {
  readonly operation: RegistrationView['operation'];
  readonly id: string;
  readonly asked: Metadata;
  readonly statement: SoftwareStatement | null;
  /** Id and settings of the template. */
  readonly template: readonly [string, RegistrationTemplate];
  readonly registeredBy: string;
  /** Of an update the client as it is, of a registration whose access token it was. */
  readonly client: RegisteredClient | null;
  /** That it has already; none for a registration. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What is to be stored, and what the procedures want beside it. */
export interface RegistrationOutput {
  readonly metadata: Record<string, unknown>;
  readonly properties: Record<string, unknown>;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** Writes what the runs have put into buckets; to be called once the client is stored. */
  readonly settle: () => Promise<void>;
}

/** From what was asked to what is registered: a procedure before, the judgement of the host, a procedure after. */
export class RegistrationProcess {
  constructor(
    private readonly procedures: ProcedureExecutor,
    private readonly buckets: BucketWrites,
    private readonly sectors: SectorLists,
  ) {}

  /** @throws OAuthError what a procedure refuses with, or what is wrong with the metadata */
  async run(
    input: RegistrationInput,
    request: OAuthRequest,
    route: Route,
    certificateMethods: readonly ClientAuthenticationMethod[],
  ): Promise<RegistrationOutput> {
    const before = beforeExecution(input, request, route);
    const asked = await this.#answer(before);
    const judged = judge(input, route, certificateMethods, asked.members, asked.effects);
    await this.sectors.check(judged.metadata, route.profile);
    const properties = this.#properties(before, { ...keptProperties(input), ...judged.properties }, asked.effects);
    const after = afterExecution(input, request, route, judged.metadata, properties);
    const answered = await this.#answer(after);
    const fault = (message: string) => this.procedures.fault(after, message);
    const metadata = { ...added(answered.members, judged.metadata), ...judged.metadata };
    this.#checkBuckets(before, route, asked.effects);
    this.#checkBuckets(after, route, answered.effects);
    if (JSON.stringify(metadata).length > MOST_CHARACTERS)
      throw fault(`the metadata of a client must have at most ${MOST_CHARACTERS} characters as JSON`);
    return {
      metadata,
      properties: this.#properties(after, properties, answered.effects),
      headers: responseHeaders([...asked.effects, ...answered.effects], fault),
      settle: async () => {
        await this.buckets.write(before, asked.effects);
        await this.buckets.write(after, answered.effects);
      },
    };
  }

  async #answer(
    execution: RegistrationExecution,
  ): Promise<{ readonly members: Record<string, unknown>; readonly effects: readonly GuestEffect[] }> {
    const { response, effects } = await this.procedures.run(execution);
    return { members: JSON.parse(response) as Record<string, unknown>, effects };
  }

  /** They are written once the client is stored: what they cannot hold must show before. */
  #checkBuckets(execution: RegistrationExecution, { profile }: Route, effects: readonly GuestEffect[]): void {
    try {
      bucketEffects(effects, profile);
    } catch (error) {
      if (error instanceof CeilingError) throw this.procedures.fault(execution, error.message);
      throw error;
    }
  }

  #properties(
    execution: RegistrationExecution,
    properties: Record<string, unknown>,
    effects: readonly GuestEffect[],
  ): Record<string, unknown> {
    try {
      return propertiesAfter(properties, effects);
    } catch (error) {
      if (error instanceof CeilingError) throw this.procedures.fault(execution, error.message);
      throw error;
    }
  }
}

const MOST_CHARACTERS = 65_536;

/** Those that the client does not choose: what it does not say any more is gone. */
function keptProperties({ properties, template: [, { metadataProperties }] }: RegistrationInput): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !metadataProperties.includes(name)));
}

/** What a statement says takes the place of what the client says. RFC 7591 section 2.3. */
function presented({ asked, statement }: RegistrationInput): Record<string, unknown> {
  const own = new Set<string>(OWN_MEMBERS);
  return Object.fromEntries(Object.entries({ ...asked, ...statement?.metadata }).filter(([name]) => !own.has(name)));
}

/** The run before a registration is judged. */
export function beforeExecution(input: RegistrationInput, request: OAuthRequest, route: Route, measure = false): RegistrationExecution {
  return new RegistrationExecution(BEFORE, route, request, viewOf(input, presented(input)), input.client, measure);
}

/** The run when it is known what is registered. */
export function afterExecution(
  input: RegistrationInput,
  request: OAuthRequest,
  route: Route,
  metadata: Record<string, unknown>,
  properties: Record<string, unknown>,
  measure = false,
): RegistrationExecution {
  const { profile } = route;
  const registered = { profile: profile.id, id: input.id, metadata, properties, secrets: [] };
  const client = new RegisteredClient(clientOfRegistration(registered, input.template[1], profile.profile), profile.profile);
  return new RegistrationExecution(AFTER, route, request, viewOf(input, { client_id: input.id, ...metadata }), client, measure);
}

function viewOf({ operation, template, registeredBy, statement }: RegistrationInput, metadata: Record<string, unknown>): RegistrationView {
  return {
    operation,
    template: template[0],
    registeredBy,
    metadata,
    softwareStatement: statement === null ? null : { ...statement.claims },
  };
}

/**
 * What is registered of what was asked, with what the run before has changed: it may ask for anything, and gets what everybody may.
 *
 * @throws OAuthError
 */
export function judge(
  input: RegistrationInput,
  { profile }: Route,
  certificateMethods: readonly ClientAuthenticationMethod[],
  answered: Readonly<Record<string, unknown>>,
  effects: readonly GuestEffect[],
): { readonly metadata: Record<string, unknown>; readonly properties: Record<string, unknown> } {
  const { statement } = input;
  const [, template] = input.template;
  const wanted = metadataAfter(presented(input), answered, effects);
  const metadata = registeredMetadata(wanted, template, profile, certificateMethods);
  const properties = Object.fromEntries(
    template.metadataProperties.flatMap((name) => (wanted[name] === undefined ? [] : [[name, wanted[name]]])),
  );
  // It is answered as it was sent. RFC 7591 section 3.2.1.
  return {
    metadata: { ...properties, ...metadata, ...(statement === null ? {} : { software_statement: statement.text }) },
    properties,
  };
}

/** What a procedure adds to the answer; what is registered, what would mean something if it were, and what the service alone decides it does not change. */
function added(answered: Record<string, unknown>, registered: Record<string, unknown>): Record<string, unknown> {
  const own = new Set<string>([...OWN_MEMBERS, ...UNDERSTOOD, ...Object.keys(registered)]);
  return Object.fromEntries(Object.entries(answered).filter(([name]) => !own.has(name)));
}
