import { shape } from './shape.ts';
import { clientId } from './values.ts';

/** As whom an endpoint looks tokens up that asks nobody who they are. */
export const tokenValidationBody = shape({
  client: clientId.meta({
    description:
      'Whose introspection rules hold for everybody who asks: a client with the capability `introspection`, best one with the policy `audience-or-scope` and the scopes of the APIs that ask.',
  }),
}).meta({
  description: 'Of endpoints of kind `oauth-token-validation`, which tell claims of tokens to callers that do not authenticate.',
});
