/** The token is not good. The message says why, for the log: clients are told one and the same for all reasons. */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken';
}
