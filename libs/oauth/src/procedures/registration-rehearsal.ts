import type { Route, Snapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { afterExecution, beforeExecution, judge, type RegistrationInput } from '../registration/registration-process.ts';
import { metadataAfter, propertiesAfter } from '../registration/registration-effects.ts';
import { BEFORE } from '../registration/registration-execution.ts';
import { errorResponse, jsonResponse, type OAuthRequest } from '../transport/exchange.ts';
import { bucketDetail, bucketEffects, isBucketEffect } from './bucket-effects.ts';
import { DryRunError, type DryRunReport, type DryRunRequest } from './dry-run.ts';
import type { ProcedureExecutor, Returned } from './procedure-executor.ts';
import type { Rehearsal } from './procedure-dry-runner.ts';
import { responseHeaders } from './response-headers.ts';

/** Of a client that is not there. */
const SAMPLE_ID = 'dyn_sampleAAAAAAAAAAAAAAAAA';

const SAMPLE_METADATA: Readonly<Record<string, unknown>> = {
  client_name: 'Sample application',
  redirect_uris: ['https://app.example/callback'],
};

/**
 * A dry run of a procedure of client registration: what would be registered is judged as it would be, and nothing is.
 *
 * @throws DryRunError when the template would refuse the metadata before a procedure that comes after
 */
export function registrationRehearsal(
  request: DryRunRequest,
  http: OAuthRequest,
  route: Route,
  snapshot: Snapshot,
  procedures: ProcedureExecutor,
): Rehearsal {
  const id = route.endpoint.registration?.template ?? '';
  const template = route.profile.template(id);
  if (template === undefined) throw new DryRunError('/endpoint', `endpoint "${route.endpoint.id}" has no registration template`);
  const asked = { ...SAMPLE_METADATA, ...request.metadata };
  const input: RegistrationInput = {
    ...{ operation: 'register', id: SAMPLE_ID, asked, statement: null, template: [id, template], registeredBy: 'dry-run' },
    ...{ client: null, properties: {} },
  };
  const sent = { ...http, headers: { ...http.headers, 'content-type': 'application/json' }, body: JSON.stringify(asked) };
  const methods = snapshot.node.certificateMethods ?? [];
  const isBefore = request.flow === BEFORE;
  const execution = isBefore ? beforeExecution(input, sent, route, true) : undefined;
  const judged = isBefore ? null : judgedFirst(() => judge(input, route, methods, {}, []));
  const run = execution ?? afterExecution(input, sent, route, judged?.metadata ?? {}, judged?.properties ?? {}, true);
  return {
    execution: run,
    answer: async (returned) => {
      const answered = JSON.parse(returned.response) as Record<string, unknown>;
      const headers = responseHeaders(returned.effects, (message) => procedures.fault(run, message));
      propertiesAfter(judged?.properties ?? {}, returned.effects);
      bucketEffects(returned.effects, route.profile);
      if (judged !== null) return jsonResponse(201, JSON.stringify({ client_id: SAMPLE_ID, ...answered, ...judged.metadata }), headers);
      try {
        const { metadata } = judge(input, route, methods, answered, returned.effects);
        return jsonResponse(201, JSON.stringify({ client_id: SAMPLE_ID, ...metadata }), headers);
      } catch (error) {
        if (error instanceof OAuthError) return errorResponse(error);
        throw error;
      }
    },
    issued: () => [],
    effects: (returned) => effectsOf(returned, asked, route, isBefore),
  };
}

function effectsOf(
  { effects, response }: Returned,
  asked: Readonly<Record<string, unknown>>,
  route: Route,
  isBefore: boolean,
): DryRunReport['effects'] {
  const properties = propertiesAfter({}, effects);
  const set = Object.entries(properties).map(([name, value]) => ({ kind: 'client-property', detail: { name, value } }));
  const answered = JSON.parse(response) as Record<string, unknown>;
  const changed = isBefore ? [{ kind: 'metadata', detail: metadataAfter(asked, answered, effects) }] : [];
  return [...changed, ...set, ...bucketEffects(effects.filter(isBucketEffect), route.profile).map(bucketDetail)];
}

function judgedFirst<T>(judgement: () => T): T {
  try {
    return judgement();
  } catch (error) {
    if (error instanceof OAuthError) throw new DryRunError('/metadata', `would be refused before the procedure runs: ${error.message}`);
    throw error;
  }
}
