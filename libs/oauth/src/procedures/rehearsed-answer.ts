import { inactiveToken } from '../resource/denial.ts';
import { forwardAuthAnswer } from '../forward-auth/forward-auth-answer.ts';
import type { IntrospectionAnswer } from '../introspection/introspection-answer.ts';
import type { IntrospectionExecution } from '../introspection/introspection-execution.ts';
import { validationAnswer } from '../token-validation/validation-answer.ts';
import { errorResponse, type OAuthResponse } from '../transport/exchange.ts';
import { parameter, type Form } from '../transport/form.ts';
import type { Returned } from './procedure-executor.ts';

/** What the endpoint of a flow that is presented a token makes of what a dry run returned. */
export async function rehearsedAnswer(
  answers: IntrospectionAnswer,
  execution: IntrospectionExecution,
  form: Form,
  returned: Returned,
): Promise<OAuthResponse> {
  const { route, token, program } = execution;
  const { forwardAuth, kind } = route.endpoint;
  if (kind === 'oauth-token-validation') return validationAnswer(answers.checked(execution, returned), parameter(form, 'expectedScope'));
  if (forwardAuth === null) return answers.answer(program.flow === 'oauth-introspect' ? 'json' : 'jwt', execution, returned);
  const passed = answers.passedOn(execution, returned);
  if (passed !== null && token !== null) return forwardAuthAnswer(passed, token, forwardAuth, false);
  return errorResponse(inactiveToken('Bearer', { realm: route.profile.issuer, resourceMetadata: forwardAuth.resourceMetadata }));
}
