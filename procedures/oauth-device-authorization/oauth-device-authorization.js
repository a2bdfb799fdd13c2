/**
 * Gives a device without a browser a code to poll with (RFC 8628 section 3.2). The service adds the members of the answer: the device
 * code, the code that the person enters, and where.
 *
 * @param {se.curity.identityserver.procedures.context.DeviceAuthorizationTokenProcedureContext} context
 */
function result(context) {
  context.deviceCodeNonceIssuer.issue(context.getDefaultDeviceCodeData());
  return {};
}
