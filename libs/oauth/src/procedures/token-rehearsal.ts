import { authorizationResponse } from '../authorize/authorization-response.ts';
import { answerMembers } from '../authorize/answer-members.ts';
import { responseModes } from '../authorize/response-type.ts';
import { requestAnswer } from '../backchannel/request-answer.ts';
import { DEFAULT_BACKCHANNEL_AUTHENTICATION } from '../configuration/backchannel-settings.ts';
import { deviceAnswer } from '../device/device-answer.ts';
import { OAuthError } from '../errors.ts';
import type { ReadyKey } from '../issuance/key-ring.ts';
import type { RedeemedGrant, TokenRequest } from '../token/grant-type.ts';
import { tokenAnswer } from '../token/token-answer.ts';
import { TokenExecution } from '../token/token-execution.ts';
import { jsonResponse, type OAuthResponse } from '../transport/exchange.ts';
import { parameter } from '../transport/form.ts';
import { bucketDetail } from './bucket-effects.ts';
import { DryRunError, type DryRunReport, type DryRunRequest } from './dry-run.ts';
import { findFlow, type FlowId } from './flows.ts';
import type { ProcedureExecutor } from './procedure-executor.ts';
import type { Rehearsal } from './procedure-dry-runner.ts';
import { responseHeaders } from './response-headers.ts';
import { SAMPLE_DEVICE, SAMPLE_REDIRECT_URI, sampleOf, sampleResponseType } from './sample-grants.ts';

/** What the form of a request of the flow holds. */
export function sampleParameters(flow: FlowId): Readonly<Record<string, string>> {
  return sampleOf(flow).parameters;
}

/**
 * A dry run of a procedure that issues tokens. It sees no delegation but that of its own grant.
 *
 * @param key signs in place of the profile's
 * @throws DryRunError when the client may not have the scopes
 */
export function tokenRehearsal(request: DryRunRequest, token: TokenRequest, procedures: ProcedureExecutor, key: ReadyKey): Rehearsal {
  const { flow, redeem } = sampleOf(request.flow);
  const none = { findDelegation: () => null };
  const execution = new TokenExecution(
    token,
    flow,
    redeemed(() => redeem(token, request), request),
    none,
    { key },
  );
  return {
    execution,
    answer: async (returned) => {
      const { polled } = await execution.effects(returned.effects);
      const fault = (message: string) => procedures.fault(execution, message);
      if (findFlow(flow)?.endpoint === 'oauth-authorize') return sentBack(token, execution, returned.response, fault);
      const headers = responseHeaders(returned.effects, fault);
      if (flow === 'oauth-backchannel-authentication') return jsonResponse(200, asked(token, returned.response), headers);
      if (findFlow(flow)?.endpoint === 'oauth-token') return tokenAnswer(returned.response, headers);
      if (flow !== 'oauth-device-authorization') return jsonResponse(200, returned.response, headers);
      const code = polled === undefined ? undefined : execution.codeOf(polled.hash);
      const told = { ...SAMPLE_DEVICE, verificationUri: `${token.route.profile.baseUrl}/people/device` };
      return jsonResponse(200, deviceAnswer(returned.response, code, told, fault), headers);
    },
    issued: () => execution.signedTexts,
    effects: async (returned) => (await execution.effects(returned.effects)).effects.flatMap(detailOf),
  };
}

/** What the client would poll with. */
function asked({ route }: TokenRequest, response: string): string {
  const { lifetime, interval } = route.endpoint.backchannelAuthentication ?? DEFAULT_BACKCHANNEL_AUTHENTICATION;
  return requestAnswer(response, { auth_req_id: 'sample-auth-req-id', expires_in: lifetime, interval });
}

/** Where the person would go. */
function sentBack(
  { form, route }: TokenRequest,
  execution: TokenExecution,
  response: string,
  fault: (message: string) => OAuthError,
): OAuthResponse {
  const state = parameter(form, 'state') ?? null;
  const type = sampleResponseType({ form }, execution.program.flow);
  const answerTo = { redirectUri: SAMPLE_REDIRECT_URI, mode: responseModes(type)[0], state };
  return authorizationResponse(answerTo, { ...answerMembers(response, execution, type, fault), state, iss: route.profile.issuer });
}

/** @throws DryRunError when the client may not have the scopes */
function redeemed(redeem: () => RedeemedGrant, request: DryRunRequest): RedeemedGrant {
  try {
    return redeem();
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    const pointer = request.form?.['scope'] === undefined ? '/scopes' : '/form/scope';
    if (error.code !== 'invalid_scope') throw new DryRunError('/form', error.message);
    const isNone = pointer === '/scopes' && request.scopes?.length === 0;
    throw new DryRunError(pointer, isNone ? 'must name one at least: a request without a scope asks for all of them' : error.message);
  }
}

function detailOf(effect: Parameters<typeof bucketDetail>[0]): DryRunReport['effects'] {
  switch (effect.effect) {
    case 'bucket-store':
    case 'bucket-clear':
      return [bucketDetail(effect)];
    case 'delegation':
    case 'renewed-delegation':
      return [{ kind: 'delegation', detail: JSON.parse(effect.delegation.view) as unknown }];
    case 'token':
      return [{ kind: `${effect.token.form} ${effect.token.purpose}`, detail: JSON.parse(effect.token.data) as unknown }];
    case 'revoke-delegation':
      return [{ kind: effect.effect, detail: effect.id }];
    // How a refresh token is kept is no doing of the procedure's.
    case 'grant':
    case 'rotated-token':
    case 'session-delegation':
      return [];
  }
}
