// What other flows have is null here, and its methods say so.
function tell(action) {
  try {
    action();
    return 'nothing thrown';
  } catch (e) {
    return e.message;
  }
}

function result(context) {
  return {
    nulls: [
      context.presentedToken,
      context.getPresentedNonce(),
      context.delegation,
      context.refreshTokenIssuer,
      context.idTokenIssuer,
      context.getAuthorizationCodeIssuer(),
      context.deviceCodeNonceIssuer,
      context.getDefaultIdTokenData(),
      context.getDefaultRefreshTokenData(),
      context.presentedSubjectToken,
      context.providedState,
      context.getSubjectTokenValue(),
      context.getNonceTokenIssuer('default')
    ],
    requested: context.requestedScopes.size(),
    exchange: tell(function () {
      context.getInitializedContext(null, null, null, null);
    }),
    actor: tell(function () {
      context.getPresentedActorToken(null);
    })
  };
}
