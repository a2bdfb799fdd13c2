import { decodeJwt } from 'jose';
import { header, type OAuthRequest } from '../transport/exchange.ts';
import { parameter, type Form } from '../transport/form.ts';
import { presentedSecret } from './client-credentials.ts';

/** Which client a request says to come from, not verified at all; empty where that cannot be read. */
export function presentedClientId(request: OAuthRequest, form: Form): string {
  const named = parameter(form, 'client_id');
  if (named !== undefined) return named;
  const assertion = parameter(form, 'client_assertion');
  try {
    if (assertion !== undefined) return decodeJwt(assertion).sub ?? '';
    return presentedSecret(header(request, 'authorization'), form)?.readings[0]?.id ?? '';
  } catch {
    // It was refused for that before.
    return '';
  }
}
